#!/usr/bin/env node
// In the repository, so that an install before the first build can link it.
// oxlint-disable-next-line import/no-unassigned-import
import '../dist/bin.js';

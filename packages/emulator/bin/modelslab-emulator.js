#!/usr/bin/env node
// Committed, so that an install before the first build can link it.
// oxlint-disable-next-line import/no-unassigned-import
import '../dist/bin.js';

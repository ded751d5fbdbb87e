// Empties dist before a build, so that files of an earlier build are not packed.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });

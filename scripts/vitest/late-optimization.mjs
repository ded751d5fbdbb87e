// Imported by every run of vitest outside CI, and set up before its test files. Node 20 optimizes functions so early that
// its compiler takes a sixth of the time of tests, where most code runs for moments. Later versions wait by themselves.
import { setFlagsFromString } from 'node:v8';

if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=600000');

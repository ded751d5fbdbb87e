#!/usr/bin/env node
// Runs in every version of Node that has import(), so that an old one prints a message, not a stack.
const MIN_NODE = [20, 19] as const;

// This program decides itself whether to use color. Node would print a warning, into the status line, that it ignores one
// of these variables.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR;
if (process.env.FORCE_COLOR) delete process.env.NODE_DISABLE_COLORS;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  process.stderr.write(
    `modelslab-reload: Node.js ${MIN_NODE.join('.')} or later is required; this is ${process.versions.node}.\n` +
      'Install a supported version from https://nodejs.org or with a version manager, then run this again.\n',
  );
  process.exitCode = 1;
} else {
  void import('./main.ts').then(({ main }) => main(process.argv.slice(2), process));
}

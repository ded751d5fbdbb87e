// Checks outputs for the key, counts them, and generates docs/key.md from the counts.
import { join } from 'node:path';
import { expect } from 'vitest';
import { isFull } from '../../packages/core/test/effort.ts';
import { markdownTable } from '../docs/markdown.mjs';
import { findKey } from './key-places.mjs';
import { read, root } from './repository.mjs';

/** The cases that each output was tested with, and those whose mark it contains, by place and output. */
const tried = new Map();
/** Fails if an output contains the key, and counts it for the cases. */
export function expectNoKey(key, cases, outputs) {
  for (const [name, output] of Object.entries(outputs)) {
    if (output === null || output === '') continue;
    const found = findKey(key, output);
    const isLeak = (line) => found.some((form) => line.toLowerCase().includes(form));
    const leaks = found.length === 0 ? [] : output.split('\n').filter(isLeak);
    expect({ name, found, leaks }).toEqual({ name, found: [], leaks: [] });
    for (const one of cases) count(one, name, output.includes(one.mark));
  }
}

/** The same for a run of many models: a case counts for each output that contains its model id. */
export function expectNoKeyInRun(key, cases, outputs) {
  expectNoKey(key, [], outputs);
  for (const [name, output] of Object.entries(outputs)) {
    const named = new Set(output.match(/\b[a-z]-\d+-\d+\b/g));
    const marked = new Set(output.match(/\bmark[a-z]x\d+x\d+z/g));
    for (const one of cases) {
      if (named.has(one.modelId)) count(one, name, marked.has(one.mark));
    }
  }
}

function count({ place, mark }, name, isMarked) {
  const columns = tried.get(place) ?? new Map();
  const { all = 0, marks = new Set() } = columns.get(name) ?? {};
  if (isMarked) marks.add(mark);
  columns.set(name, { all: all + 1, marks });
  tried.set(place, columns);
}

/** Returns how many texts of a place were tested, and how many of them reached an output. */
export function reachOf(place) {
  const columns = [...tried.get(place).values()];
  const reached = new Set(columns.flatMap(({ marks }) => [...marks]));
  return { all: Math.max(...columns.map(({ all }) => all)), reached: reached.size };
}

const COLUMNS = [
  'library error',
  'library outcome',
  'library event',
  'CLI stdout',
  'CLI stderr',
  'CLI --record',
  'Action log',
  'Action outputs',
  'Action summary',
  'n8n item',
  'n8n error',
  'live check',
  'live check record',
];

/** Compares docs/key.md with the counts; without the numbers if not every encoding was tried. */
export async function expectPage(places) {
  const rows = places.map((place) => [place, ...COLUMNS.map((name) => cell(place, name))]);
  const page = `${INTRODUCTION}\n\n${markdownTable(['The key in', ...COLUMNS], rows)}\n`;
  if (isFull) await expect(page).toMatchFileSnapshot(join(root, 'docs/key.md'));
  else expect(withoutCounts(page)).toBe(withoutCounts(read('docs/key.md')));
}

const withoutCounts = (page) => page.replaceAll(/(?<=never), \d+| +|-+/g, '');

function cell(place, name) {
  const column = tried.get(place)?.get(name);
  if (!column) return '';
  return column.marks.size > 0 ? `never, ${column.marks.size}` : 'nothing';
}

const INTRODUCTION = `# Where the key appears

The API key appears only in the body of a request. A test makes every possible source return the key in every encoding, and
searches every output of every host for it. The test also generates this page, so a difference fails the tests.

- **Rows**: the sources: replies, proxies, exceptions and inputs. The replies were tested with two keys: one of plain
  characters, which may also be part of a header name, and one with characters that each encoding writes differently.
- **Columns**: the outputs of each host. For the library, everything in an error, an outcome or an event, printed or as JSON;
  for the command line, its streams and its record; for the Action, its log (before GitHub masks it), outputs and summary; for
  n8n, an item and the error of a node that stops; for the live check, its report and its record.
- **Cells**: \`never\` means that the key does not appear in any encoding. Each text also contains a mark, and the number counts
  the texts whose mark reached the output. \`nothing\` means that neither the key nor a mark appears. An empty cell means that
  this output does not exist.

The encodings are the key unchanged, JSON-escaped (once, twice, as PHP does it, all as \`\\u\`), URL-encoded (also all bytes, and
as a form), HTML-escaped (HTML5's names, decimal and hexadecimal, also without semicolons, and twice), JSON-escaped and then
HTML-escaped, base64, base64 in a URL, base64url, and base64 of a request body. For inputs, the command line
and the Action were tested with the unchanged key only.`;

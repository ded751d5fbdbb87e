// Checks outputs for the key, counts them, and makes docs/key.md of the counts.
import { expect } from 'vitest';
import { markdownTable } from '../docs/markdown.mjs';
import { findKey } from './key-places.mjs';

/** The cases that each output was tried with, and those whose mark it has, by place and output. */
const tried = new Map();
/** Fails if an output has the key, and counts it for the cases. */
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

/** The same for a run of many models: a case counts for each output that names its model. */
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

/** Returns how many texts were tried from a place, and how many of them reached an output. */
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

/** Returns docs/key.md, with a row for each place. */
export function createPage(places) {
  const rows = places.map((place) => [place, ...COLUMNS.map((name) => cell(place, name))]);
  return `${INTRODUCTION}\n\n${markdownTable(['The key in', ...COLUMNS], rows)}\n`;
}

function cell(place, name) {
  const column = tried.get(place)?.get(name);
  if (!column) return '';
  return column.marks.size > 0 ? `never, ${column.marks.size}` : 'nothing';
}

const INTRODUCTION = `# Where the key appears

Never, but in the body of a request. A test lets every place from which the key could come return it, in every encoding,
and looks for it in every output of every host; it also writes this page, so a difference fails the tests.

- **Rows**: the places, in replies, proxies, exceptions and inputs. The replies were tried with two keys: one of plain
  characters, which can also be in the name of a header, and one with characters that each encoding writes differently.
- **Columns**: what the host shows: of the library all that an error, an outcome or an event holds, printed or as JSON; the
  command line's streams and record; the Action's log (before GitHub masks it), outputs and summary; an n8n item and the
  error of a node that stops; the live check's report and record.
- **Cells**: \`never\`: the key does not appear, in any encoding, and the number is that of the outputs which have the
  mark that stood beside it, so that the text did get there. \`nothing\`: neither the key nor the mark appears.
  Empty: there is no such output. The encodings are the key as it is, JSON-escaped (once, twice, PHP's way, all as \`\\u\`),
  URL-encoded (also all bytes, and as a form), HTML-escaped (by name, decimal and hexadecimal), base64, base64 in a URL,
  and base64url. Of an input, the command line and the Action were tried with the key as it is.`;

// Creates docs/picture-of-a-run.svg: the built command line in a pseudo-terminal, against the emulator with loads of
// two minutes and a queue of two, while it waits and at its end. Takes almost five minutes.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { start } from '@modelslab-reload/emulator';
import xterm from '@xterm/headless';

const COLUMNS = 96;
const MAX_RUN_MS = 400_000;
const IDS = ['portrait', 'product', 'old-style', 'logo', 'typo-model'];
const LOADED = ['portrait'];

const emulator = await start({
  port: 0,
  loaded: LOADED,
  queue: 'loading',
  queueLimit: 2,
  intercept: ({ modelId }) =>
    modelId === 'typo-model'
      ? {
          status: 404,
          headers: { 'content-type': 'application/json' },
          text: '{"status":"error","message":"Model not found: typo-model"}',
        }
      : null,
});
const screen = new xterm.Terminal({ cols: COLUMNS, rows: 30, allowProposedApi: true });
const bin = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const pty = spawn(process.execPath, [bin, ...IDS], {
  cols: COLUMNS,
  rows: 30,
  env: {
    PATH: process.env.PATH,
    TERM: 'xterm-256color',
    NO_PROXY: '127.0.0.1',
    MODELSLAB_API_KEY: 'demo-key',
    MODELSLAB_BASE_URL: emulator.url,
  },
});
pty.onData((text) => screen.write(text));
const over = new Promise((resolve) => pty.onExit(resolve));

console.log('A real run of almost five minutes …');
await sleep(72_000);
const waiting = rowsOf(screen.buffer.active);
await Promise.race([over, sleep(MAX_RUN_MS, undefined, { ref: false })]);
await sleep(100);
const ended = rowsOf(screen.buffer.active);
await emulator.close();

const file = fileURLToPath(new URL('../../../docs/picture-of-a-run.svg', import.meta.url));
writeFileSync(
  file,
  picture([
    ['After a minute', waiting],
    ['At the end', ended],
  ]),
);
console.log(file);

/** Returns each row of the screen as runs of cells of one style, without empty rows at the end. */
function rowsOf(buffer) {
  const rows = Array.from({ length: buffer.length }, (_, at) => runsOf(buffer.getLine(at)));
  return rows.slice(0, rows.findLastIndex((runs) => runs.length > 0) + 1);
}

/** Omits spaces, because each run has its column, and not every SVG viewer preserves spaces. */
function runsOf(line) {
  const runs = [];
  const { length } = line.translateToString(true);
  for (let column = 0; column < length; column++) {
    const cell = line.getCell(column);
    const text = cell.getChars().trim();
    const last = runs.at(-1);
    if (text === '') continue;
    const style = classOf(cell);
    const gap = last && column - last.column - last.text.length;
    if (last?.style === style && gap <= 1) last.text += ' '.repeat(gap) + text;
    else runs.push({ column, style, text });
  }
  return runs;
}

function classOf(cell) {
  const COLORS = { 1: 'red', 2: 'green', 6: 'cyan' };
  const color = cell.isFgPalette() ? COLORS[cell.getFgColor()] : undefined;
  return [color, cell.isBold() && 'bold', cell.isDim() && 'dim'].filter(Boolean).join(' ');
}

function picture(panels) {
  const CELL = 8.4;
  const ROW = 21;
  const PAD = 20;
  const width = Math.round(COLUMNS * CELL + 2 * PAD);
  let y = 0;
  const parts = panels.map(([caption, rows]) => {
    const top = y;
    const height = PAD + (rows.length + 2) * ROW + 10;
    y += height + 12;
    const prompt = [
      { column: 0, style: 'dim', text: '$' },
      { column: 2, style: 'bold', text: `modelslab-reload ${IDS.join(' ')}` },
    ];
    const lines = [prompt, ...rows].map((runs, row) =>
      runs
        .map(({ column, style, text }) => {
          const x = (PAD + column * CELL).toFixed(1);
          const length = (text.length * CELL).toFixed(1);
          const baseline = top + PAD + ROW + row * ROW + 12;
          return `<text x="${x}" y="${baseline}" textLength="${length}" class="${style}">${escape(text)}</text>`;
        })
        .join('\n'),
    );
    return `<rect x="0.5" y="${top + 0.5}" width="${width - 1}" height="${height - 1}" rx="8" class="window"/>
<text x="${PAD}" y="${top + PAD + 4}" class="caption">${caption}</text>
${lines.filter(Boolean).join('\n')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y - 12}" viewBox="0 0 ${width} ${y - 12}" role="img" aria-labelledby="title">
<title id="title">modelslab-reload in a terminal: while two models load and one waits in line, and at the end of the run</title>
<style>
text { font: 14px ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; }
.caption { font: 12px system-ui, sans-serif; fill: #59636e; }
.window { fill: #f6f8fa; stroke: #d1d9e0; }
.bold { font-weight: 600; }
.dim { fill: #59636e; }
.green { fill: #1a7f37; }
.red { fill: #cf222e; }
.cyan { fill: #0969da; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.caption, .dim { fill: #9198a1; }
.window { fill: #151b23; stroke: #3d444d; }
.green { fill: #3fb950; }
.red { fill: #f85149; }
.cyan { fill: #58a6ff; }
}
</style>
${parts.join('\n')}
</svg>
`;
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// Creates docs/picture-of-a-run.svg: what `npx -y pnpm@10 demo` prints in a terminal, while models load and at its end.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const COLUMNS = 80;
const COMMAND = 'npx -y pnpm@10 demo';
const MAX_WAIT_MS = 60_000;

const screen = new xterm.Terminal({ cols: COLUMNS, rows: 30, allowProposedApi: true });
const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const pty = spawn(process.execPath, [pathOf('../../../scripts/demo.mjs')], {
  cols: COLUMNS,
  rows: 30,
  env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color' },
});
pty.onData((text) => screen.write(text));
const over = new Promise((resolve) => pty.onExit(resolve));

await Promise.race([untilLine(/next request in/), sleep(MAX_WAIT_MS)]);
await sleep(500);
const waiting = rowsOf(screen.buffer.active);
const { exitCode } = await over;
if (exitCode !== 0) throw new Error(`The demo ended with exit code ${exitCode}.`);
await sleep(100);
const ended = rowsOf(screen.buffer.active);

const file = pathOf('../../../docs/picture-of-a-run.svg');
writeFileSync(
  file,
  picture([
    ['While models load', waiting],
    ['At the end', ended],
  ]),
);
console.log(file);

/** Waits until a line of the screen matches. */
async function untilLine(pattern) {
  const { active } = screen.buffer;
  const lines = () =>
    Array.from({ length: active.length }, (_, at) => active.getLine(at).translateToString(true));
  while (!lines().some((line) => pattern.test(line))) await sleep(50);
}

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
      { column: 2, style: 'bold', text: COMMAND },
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
<title id="title">the demo in a terminal: modelslab-reload while models load, and at the end of the run</title>
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

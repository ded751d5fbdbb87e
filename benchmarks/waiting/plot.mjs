// Draws an SVG: lag against requests, with a mark per policy and a panel per scenario.

const WIDTH = 760;
const PANEL = { left: 56, width: 470, height: 190, top: 44, gap: 62 };
const LEGEND_LEFT = PANEL.left + PANEL.width + 26;
const REQUESTS = { from: 2, to: 2000, ticks: [2, 5, 10, 20, 50, 100, 200, 500, 1000] };
const LAG = { to: 50, ticks: [0, 10, 20, 30, 40] };
/** Position of the marks of policies that timed out for all models. */
const NOBODY = 50;
const RADIUS = 8;

const STYLE = `
    svg { --paper: #ffffff; --ink: #1f2328; --faint: #d1d9e0; --soft: #59636e; --ours: #0969da; --other: #59636e }
    @media (prefers-color-scheme: dark) {
      svg { --paper: #0d1117; --ink: #e6edf3; --faint: #30363d; --soft: #9198a1; --ours: #4493f8; --other: #9198a1 }
    }
    .paper { fill: var(--paper) }
    text { font: 12px system-ui, sans-serif; fill: var(--ink) }
    .title { font-weight: 600; font-size: 13px }
    .soft { fill: var(--soft); font-size: 11px }
    .grid { stroke: var(--faint) }
    .mark .note { font-size: 11px; text-anchor: start }
    .mark circle { fill: var(--paper); stroke: var(--other); stroke-width: 1.5 }
    .mark text { font-size: 10px; text-anchor: middle }
    .mark.all circle { fill: var(--other) }
    .mark.ours circle { stroke: var(--ours) }
    .mark.ours.all circle { fill: var(--ours) }
    .mark.all circle + text { fill: var(--paper); font-weight: 600 }`;

/** @param panels `{ title, marks: [{ name, lag, requests, refusals, givenUp }] }`; the first mark is ours */
export function plot(panels) {
  const height = PANEL.top + panels.length * (PANEL.height + PANEL.gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Lag against requests for nine policies in three scenarios">
  <style>${STYLE}
  </style>
  <rect class="paper" width="100%" height="100%"/>
${panels.map(drawPanel).join('\n')}
${drawLegend(panels[0].marks)}
</svg>
`;
}

function drawPanel({ title, marks }, nth) {
  const top = PANEL.top + nth * (PANEL.height + PANEL.gap);
  const bottom = PANEL.height;
  const vertical = REQUESTS.ticks.map((tick) => {
    const at = x(tick);
    return `    <line class="grid" x1="${at}" x2="${at}" y1="0" y2="${bottom}"/><text class="soft" x="${at}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`;
  });
  const horizontal = LAG.ticks.map((tick) => {
    const at = y(tick);
    return `    <line class="grid" x1="0" x2="${PANEL.width}" y1="${at}" y2="${at}"/><text class="soft" x="-8" y="${at + 4}" text-anchor="end">${tick} s</text>`;
  });
  // Ours is drawn last, so that nothing hides it.
  const drawn = marks.map((mark, at) => drawMark(mark, at)).toReversed();
  return `  <g transform="translate(${PANEL.left} ${top})">
    <text class="title" x="0" y="-14">${title}</text>
${[...vertical, ...horizontal].join('\n')}
    <line class="grid" x1="0" x2="${PANEL.width}" y1="${y(NOBODY)}" y2="${y(NOBODY)}" stroke-dasharray="3 3"/>
    <text class="soft" x="${PANEL.width}" y="${y(NOBODY) - 12}" text-anchor="end">all timed out</text>
    <text class="soft" x="${PANEL.width}" y="${bottom + 30}" text-anchor="end">requests per model</text>
${drawn.join('\n')}
  </g>`;
}

function drawMark({ name, lag, requests, refusals, givenUp }, nth) {
  const [left, top] = [x(requests), y(lag ?? NOBODY)];
  const isPartly = givenUp >= 0.005 && lag !== null;
  const notes = [
    isPartly && `${Math.round(100 * givenUp)}% timed out`,
    refusals > 0 && `${Math.round(refusals)} rejected`,
  ].filter(Boolean);
  // Above or below, so that it does not cover another mark.
  const note = `<text class="soft note" x="6" y="${isPartly ? -11 : 18}">${notes.join(', ')}</text>`;
  return `    <g class="${classOf(nth, lag === null ? 1 : givenUp)}" transform="translate(${left} ${top})"><title>${name}</title><circle r="${RADIUS}"/><text y="3.5">${nth + 1}</text>${notes.length > 0 ? note : ''}</g>`;
}

function drawLegend(marks) {
  const rows = marks.map(
    ({ name }, nth) =>
      `    <g transform="translate(0 ${24 * nth})"><g class="${classOf(nth, 0)}"><circle r="${RADIUS}"/><text y="3.5">${nth + 1}</text></g><text x="16" y="4">${name}</text></g>`,
  );
  const below = 24 * marks.length + 8;
  const lines = [
    'Lag: from loaded to detected.',
    'Means of three kinds of load.',
    'Filled: less than 0.5% timed out',
    'within 10 minutes. Hollow: more;',
    'the lag is that of the others.',
  ];
  return `  <g transform="translate(${LEGEND_LEFT} ${PANEL.top + 8})">
${rows.join('\n')}
${lines.map((line, nth) => `    <text class="soft" x="-8" y="${below + 16 * nth}">${line}</text>`).join('\n')}
  </g>`;
}

function classOf(nth, givenUp) {
  return ['mark', nth === 0 && 'ours', givenUp < 0.005 && 'all'].filter(Boolean).join(' ');
}

function x(requests) {
  const { from, to } = REQUESTS;
  return round((PANEL.width * Math.log(requests / from)) / Math.log(to / from));
}

function y(lag) {
  return round(PANEL.height * (1 - lag / LAG.to));
}

function round(pixels) {
  return Math.round(pixels * 10) / 10;
}

import { expect, test } from 'vitest';
import { formatCurl, formatHelp, parseCommandLine } from './command-line.ts';
import { EMULATOR_OPTION_SPECS, specialModels } from './index.ts';

test('every option has a flag, and the last one of a flag counts', () => {
  const args =
    '--host ::1 --port 0 --api-key other --load-time 1.5h --idle-after 1d --latency 0ms ' +
    '--queue-limit 9 --queue loading --spam-window 10s --spam-filter prolonged --retry-after 5s ' +
    '--models a,b --list-shape bare --loaded a --success blocking --repeat refused ' +
    '--reload-counts no --draw-unloaded loads --lora-only style';
  const options = parseCommandLine([...args.split(' '), '--models= a , c,']);
  expect(options).toEqual({
    host: '::1',
    port: 0,
    apiKey: 'other',
    loadTimeMs: 5_400_000,
    idleAfterMs: 86_400_000,
    latencyMs: 0,
    queueLimit: 9,
    queue: 'loading',
    spamWindowMs: 10_000,
    spamWindow: 'prolonged',
    retryAfterMs: 5000,
    models: ['a', 'c'],
    listShape: 'bare',
    loaded: ['a'],
    success: 'blocking',
    repeat: 'refused',
    reloadCounts: false,
    drawUnloaded: 'loads',
    loraOnly: ['style'],
  });
  expect(Object.keys(options)).toEqual(Object.keys(EMULATOR_OPTION_SPECS));
});

test.each([
  ['--success', ' blocking ', { success: 'blocking' }],
  ['--load-time', ' 1.5 s', { loadTimeMs: 1500 }],
  ['--models', ' a , , b ', { models: ['a', 'b'] }],
])('spaces around a value are ignored: %s %j', (flag, text, options) => {
  expect(parseCommandLine([flag, text])).toEqual(options);
});

test.each([
  [[], {}],
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['--version'], 'version'],
  [['--reload-counts', 'yes'], { reloadCounts: true }],
])('%j: %j', (args, expected) => {
  expect(parseCommandLine(args)).toEqual(expected);
});

test.each<[string[], string]>([
  [['--load-tim', '1s'], "Unknown option '--load-tim'"],
  [['my-model'], "Unexpected argument 'my-model'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000".'],
  [['--port', '1e3'], '--port must be a whole number from 0 to 65535, not "1e3".'],
  [['--queue-limit', '-1'], "Option '--queue-limit' argument is ambiguous"],
  [['--queue-limit=x'], '--queue-limit must be a whole number, 0 or more, not "x".'],
  [['--load-time', '10'], '--load-time must be a duration such as 500ms, 90s or 7d, not "10".'],
  [['--success', 'maybe'], '--success must be one of loaded, accepted, blocking, not "maybe".'],
  [['--reload-counts', 'true'], '--reload-counts must be yes or no, not "true".'],
  [['--reload-counts', 'toString'], '--reload-counts must be yes or no, not "toString".'],
  [['--host', ''], '--host must be non-empty text, not "".'],
])('rejects %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});

test('the help has every flag with its default, and every special model', () => {
  const help = formatHelp('emulate', 100).replaceAll(/\n {20,}/g, ' ');
  for (const { flag, summary, values, default: value } of Object.values(EMULATOR_OPTION_SPECS)) {
    const choice = values === undefined ? '' : `${values.join(' | ')}; `;
    expect(help).toContain(`  ${flag} <`);
    expect(help).toContain(` ${summary} (${choice}default ${value})\n`);
  }
  for (const [modelId, description] of Object.entries(specialModels)) {
    expect(help).toContain(`\n  ${modelId} `);
    expect(help).toContain(`  ${description}\n`);
  }
});

test.each([
  [undefined, 80],
  [80, 80],
  [70, 70],
  [40, 48],
  [300, 100],
])('in a terminal of %s columns, the help has lines of at most %i', (columns, max) => {
  expect(
    formatHelp('emulate', columns)
      .split('\n')
      .filter((line) => line.length > max),
  ).toEqual([]);
});

test('a terminal that reports no width has 80 columns', () => {
  expect(formatHelp('emulate', 0)).toBe(formatHelp('emulate', 80));
  expect(formatHelp('emulate', undefined)).toBe(formatHelp('emulate', 80));
});

test('the example command quotes the URL and the body', () => {
  expect(formatCurl('http://[::1]:8787', 'demo-key')).toBe(
    String.raw`curl -s "http://[::1]:8787/api/v6/images/model_reload" -d "{\"key\":\"demo-key\",\"model_id\":\"my-model\"}"`,
  );
});

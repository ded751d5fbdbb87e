// Checks every code block of every README against the code.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeSchema } from '@modelslab-reload/core/schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './cli-in-process.mjs';
import { read } from './repository.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TOPICS = ['', 'list', 'emulator', 'completion'];
const helps = await Promise.all(
  TOPICS.map((topic) => runCli(['help', topic].filter((word) => word !== ''))),
);
const files = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
  'benchmarks/README.md',
  ...['docs', 'docs/decisions', 'docs/guides'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
].toSorted();

const blocks = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
  const found = text.matchAll(/^[ \t]*```(\w*)\n(.*?)^[ \t]*```$/gms);
  return Array.from(found, ([, language, code], at) => ({
    name: `${file} block ${at + 1}`,
    language,
    code,
  }));
});
const inLanguage = (...languages) => blocks.filter(({ language }) => languages.includes(language));

test('every block is of a kind that these tests check', () => {
  const known = new Set(
    'ts json yaml toml sh powershell c crontab ini python'.split(' ').concat(''),
  );
  expect(blocks.filter(({ language }) => !known.has(language))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(15);
});

test('the TypeScript compiles, strictly, against the types of the packages', () => {
  const folder = mkdtempSync(join(root, 'scripts/.compiled-'));
  try {
    for (const [at, { code }] of inLanguage('ts').entries()) {
      // Names that the text around a block introduces.
      const given = [
        ['apiKey', 'const apiKey: string'],
        ['hostSleep', 'function hostSleep(ms: number, signal: AbortSignal): Promise<void>'],
        ['modelslab', "const modelslab: import('@modelslab-reload/core').Client"],
        [
          'process',
          'const process: { env: Record<string, string | undefined>, once(event: string, listener: () => void): void }',
        ],
        ['ids', 'const ids: string[]'],
        ['savedState', "const savedState: import('@modelslab-reload/core').StepState | null"],
        ['engine', 'const engine: { sleep(ms: number | null): Promise<void> }'],
        [
          'flow',
          'const flow: { run<T>(name: string, task: () => Promise<T>): Promise<T>; sleep(name: string, ms: number): Promise<void> }',
        ],
        ['text2img', 'function text2img(modelId: string): Promise<unknown>'],
      ].filter(
        ([name]) =>
          new RegExp(`\\b${name}\\b`).test(code) &&
          !new RegExp(`(?:const|let|import.*) ${name}\\b`).test(code),
      );
      const source = [
        ...given.map(([, declaration]) => `declare ${declaration};`),
        code,
        'export {};',
      ].join('\n');
      writeFileSync(join(folder, `block-${at}.mts`), source);
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2022',
          lib: ['es2023', 'dom', 'dom.iterable'],
          strict: true,
          noEmit: true,
          types: [],
          skipLibCheck: true,
        },
        include: ['*.mts'],
      }),
    );
    const tsc = join(
      dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json')),
      'bin/tsc',
    );
    expect(output(process.execPath, [tsc, '-p', folder])).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(inLanguage('json'))('$name is an Outcome', ({ code }) => {
  expect(outcomeSchema.safeParse(JSON.parse(code)).error).toBeUndefined();
});

describe('the Action', () => {
  const { inputs, outputs } = parse(
    readFileSync(join(root, 'packages/github-action/action.yml'), 'utf8'),
  );
  test.each(inLanguage('yaml'))('$name uses inputs and outputs that exist', ({ code }) => {
    const steps = stepsIn(parse(code));
    const given = steps.filter(({ uses = '' }) => uses.startsWith('modelslab-reload/'));
    expect(
      given.flatMap((step) => Object.keys(step.with ?? {})).filter((name) => !(name in inputs)),
    ).toEqual([]);
    const used = Array.from(code.matchAll(/steps\.\w+\.outputs\.([\w-]+)/g), ([, name]) => name);
    expect(used.filter((name) => !(name in outputs))).toEqual([]);
  });

  test('its README has every input with its default, and every output', () => {
    const readme = readFileSync(join(root, 'packages/github-action/README.md'), 'utf8');
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs)])
      expect(readme).toContain(`| \`${name}\``);
    for (const { default: value } of Object.values(inputs))
      if (value) expect(readme).toContain(`\`${value}\``);
  });
});

describe('the command line', () => {
  const help = TOPICS.map((topic, at) => [topic, helps[at].stdout]);
  const all = help.map(([, text]) => text).join('\n');

  test.each(inLanguage('sh', 'powershell', 'crontab', 'ini', 'yaml', ''))(
    '$name has options that exist',
    ({ code }) => {
      // From the name of a command to its end in the line.
      const uses = Array.from(
        code.matchAll(/modelslab-reload (?![\w-]+\/)([^\n|#&>]*)/g),
        ([, words]) => words,
      );
      const options = uses.flatMap((words) => words.match(/(?<=^|\s)--?[a-z][\w-]*/g) ?? []);
      expect(
        options.filter((option) => !new RegExp(`(?:^|[\\s,])${option}\\b`, 'm').test(all)),
      ).toEqual([]);
    },
  );

  test.each(help)('help %s: its README has every option', (topic, text) => {
    const file = topic === 'emulator' ? 'packages/emulator/README.md' : 'packages/cli/README.md';
    const readme = readFileSync(join(root, file), 'utf8');
    const options = Array.from(
      text.matchAll(/^ {2,}(?:-\w, )?(--[a-z][\w-]*)(?= <| {2,}|$)/gm),
      ([, option]) => option,
    );
    expect(
      options.filter(
        (option) => !['--version', '--help'].includes(option) && !readme.includes(option),
      ),
    ).toEqual([]);
  });
});

describe('a block that is also a file', () => {
  const lines = (text) => text.split('\n').filter((line) => !/^(?:#.*)?$/.test(line));

  test.each(inLanguage('toml'))('$name is in the example', ({ code }) => {
    const file = readFileSync(join(root, 'examples/serverless/wrangler.toml'), 'utf8');
    expect(lines(file)).toEqual(lines(code));
  });

  test.each(inLanguage('python'))('$name is in the example', ({ code }) => {
    expect(readFileSync(join(root, 'examples/python/reload_models.py'), 'utf8')).toContain(code);
  });

  test('wrangler.toml has a date that the newest wrangler for Node 20 accepts', () => {
    for (const folder of ['serverless', 'worker']) {
      const file = readFileSync(join(root, 'examples', folder, 'wrangler.toml'), 'utf8');
      const [, date] = /^compatibility_date = "([\d-]+)"$/m.exec(file) ?? [];
      expect(date <= '2026-05-03').toBe(true);
    }
  });
});

test('README.md has at most 7 KB', () => {
  expect(
    readFileSync(join(root, 'README.md'), 'utf8').replaceAll('\r', '').length,
  ).toBeLessThanOrEqual(7000);
});

test('the picture of the README has the lines of the demo', () => {
  const picture = readFileSync(join(root, 'docs/picture-of-a-run.svg'), 'utf8');
  const demo = readFileSync(join(root, 'scripts/demo.mjs'), 'utf8');
  const ids = Array.from(demo.matchAll(/^  '([\w-]+)': \/\^/gm), ([, id]) => id);
  expect(ids).toHaveLength(6);
  for (const text of [...ids, 'npx -y pnpm@10 demo', 'As expected: 6 models'])
    expect(picture).toMatch(new RegExp(`>(?:[✓✗] )?${text}`));
});

test('README.md links to every guide', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const guides = files.filter((file) => file.startsWith('docs/guides/'));
  expect(guides.length).toBeGreaterThan(7);
  expect(guides.filter((file) => !readme.includes(`(${file})`))).toEqual([]);
});

test('every link to a heading of a document has a target', () => {
  const slugs = (file) =>
    Array.from(readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.*)$/gm), ([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    );
  const dead = files.flatMap((file) =>
    Array.from(
      readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g),
      ([, target, slug]) => [target === '' ? file : posix.join(dirname(file), target), slug],
    )
      .filter(([target, slug]) => !slugs(target).includes(slug))
      .map((link) => `${file}: ${link.join('#')}`),
  );
  expect(dead).toEqual([]);
});

test('every link to a file of the repository has a target', () => {
  const dead = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(
      /^[ \t]*```.*?^[ \t]*```$/gms,
      '',
    );
    return Array.from(text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g), ([, target]) => target)
      .filter((target) => !existsSync(join(root, dirname(file), target)))
      .map((target) => `${file}: ${target}`);
  });
  expect(dead).toEqual([]);
});

describe('for contributors', () => {
  const manifests = ['', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/`)];
  const scriptNames = new Set(
    manifests.flatMap((folder) => Object.keys(JSON.parse(read(`${folder}package.json`)).scripts)),
  );
  const texts = ['AGENTS.md', 'CONTRIBUTING.md', 'RELEASING.md'].map((file) => [
    file,
    readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n'),
  ]);

  const pathsIn = (text) =>
    Array.from(text.matchAll(/`((?:packages|scripts|docs)\/[\w./-]+)`/g), ([, path]) => path);

  test.each(texts)('%s names only files that exist', (_file, text) => {
    expect(pathsIn(text).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test('CONTRIBUTING.md names only constants that are in the files it names', () => {
    const [, howTo] = read('CONTRIBUTING.md').split('\n## How to');
    const [text] = howTo.split('\n**Every test');
    const source = pathsIn(text)
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    const constants = Array.from(text.matchAll(/`([A-Z]{4,}[A-Z_]*)`/g), ([, name]) => name);
    expect(constants.length).toBeGreaterThan(1);
    expect(constants.filter((name) => !source.includes(`const ${name}`))).toEqual([]);
  });

  test.each(texts)('%s names only commands that exist', (_file, text) => {
    const commands = Array.from(
      text.matchAll(/`(?:npx -y pnpm@10 (?:-s )?)?((?:test|docs):?[\w:]*|(?<=pnpm@10 )[\w:-]+)`/g),
      ([, name]) => name,
    );
    expect(commands.filter((name) => !scriptNames.has(name))).toEqual([]);
  });

  test('CONTRIBUTING.md has a line for each of the at most 14 commands of the root', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const text = read('CONTRIBUTING.md');
    expect(Object.keys(scripts).filter((name) => !text.includes(`\n| \`${name}\` `))).toEqual([]);
    expect(Object.keys(scripts).length).toBeLessThanOrEqual(14);
  });
});

function stepsIn(node) {
  if (Array.isArray(node))
    return node.flatMap((item) => (item?.uses || item?.run ? [item] : stepsIn(item)));
  return typeof node === 'object' && node !== null
    ? Object.values(node).flatMap((value) => stepsIn(value))
    : [];
}

function output(file, args) {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return `${error.stdout}${error.stderr}`;
  }
}

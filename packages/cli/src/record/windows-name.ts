import { win32 } from 'node:path';

const RESERVED = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)/i;

/**
 * Returns why Windows cannot store a file under a path, or null. Node creates a file of a reserved name, which Explorer
 * then cannot open or delete, and a colon makes an invisible stream of another file.
 */
export function findNameFault(path: string): string | null {
  const { root, base } = win32.parse(path);
  // In a:b, the a may be meant as a drive or as a file.
  const afterDrive = /^[a-z]:$/i.test(root) ? path : path.slice(root.length);
  if (afterDrive.includes(':')) return 'a colon is allowed only in a drive such as C:\\';
  return RESERVED.test(base) ? `${base} is a reserved name on Windows` : null;
}

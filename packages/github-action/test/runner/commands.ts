/** A workflow command in a line of a step. */
export interface Command {
  name: string;
  properties: Record<string, string>;
  data: string;
}

const NAMES = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/**
 * Parses a line as the runner does: `::name k=v::data` at its start, the old `##[name]data`
 * anywhere.
 */
export function parseCommand(line: string): Command | null {
  return (
    build(/^\s*::([^ :]+)(?: (.*?))?::(.*)$/.exec(line), ',') ??
    build(/##\[([^ \]]+)(?: ([^\]]*))?\](.*)$/.exec(line), ';')
  );
}

function build(match: RegExpExecArray | null, separator: string): Command | null {
  const [, name = '', properties = '', data = ''] = match ?? [];
  if (!NAMES.has(name)) return null;
  const pairs = properties.split(separator).flatMap((pair) => {
    const [, key, value] = /^([^=]+)=(.+)$/.exec(pair.trim()) ?? [];
    return key === undefined || value === undefined ? [] : [[key, unescape(value)]];
  });
  return { name, properties: Object.fromEntries(pairs), data: unescape(data) };
}

const ESCAPES: Record<string, string> = {
  '%0D': '\r',
  '%0A': '\n',
  '%3A': ':',
  '%2C': ',',
  '%25': '%',
};

function unescape(text: string): string {
  return text.replace(/%(?:0D|0A|3A|2C|25)/g, (escape) => ESCAPES[escape] ?? escape);
}

/** Parses a GITHUB_OUTPUT file: `name=value` lines, and `name<<end`, lines, `end`. */
export function parseOutputFile(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, end] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && end !== undefined) {
      const to = lines.indexOf(end, at + 1);
      if (to === -1) throw new Error(`The output ${name} does not end.`);
      outputs[name] = lines.slice(at + 1, to).join('\n');
      at = to;
    } else {
      const [, plainName, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      if (plainName === undefined || value === undefined) {
        throw new Error(`Not a line of an output file: ${line}`);
      }
      outputs[plainName] = value;
    }
  }
  return outputs;
}

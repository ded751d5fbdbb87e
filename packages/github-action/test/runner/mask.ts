/** Creates the runner's masker: added texts appear as `***`, even in JSON, in a URL and as base64. */
export function createMask() {
  const masked = new Set<string>();
  return {
    add(value: string): void {
      for (const part of [value, ...value.split(/\r?\n/)]) {
        if (part === '') continue;
        masked.add(part);
        masked.add(JSON.stringify(part).slice(1, -1));
        masked.add(encodeURIComponent(part));
        masked.add(Buffer.from(part).toString('base64').replace(/=+$/, ''));
      }
    },
    /** Returns true if the runner would drop an output with this text. */
    isIn: (text: string): boolean => [...masked].some((value) => text.includes(value)),
    apply(text: string): string {
      // The longest first, so that no part of a secret remains.
      const longestFirst = [...masked].toSorted((a, b) => b.length - a.length);
      return longestFirst.reduce((shown, value) => shown.replaceAll(value, '***'), text);
    },
  };
}

// Runs named checks, prints each with its figures, and counts them.
let passed = 0;
const failed = [];

/** Runs one check. It returns figures to print, and throws if it fails. */
export async function check(title, run) {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  try {
    const figures = await run();
    passed++;
    console.log(`ok ${title} (${[figures, seconds()].filter(Boolean).join('; ')})`);
  } catch (error) {
    failed.push(title);
    console.log(`FAILED ${title} (${seconds()})\n${error.stack}`);
  }
}

/** Prints the line that CI adds up, and returns whether all checks passed. */
export function summarize() {
  const total = passed + failed.length;
  const parts = [failed.length > 0 && `${failed.length} failed`, `${passed} passed`].filter(
    Boolean,
  );
  console.log(`Tests  ${parts.join(' | ')} (${total})`);
  return failed.length === 0;
}

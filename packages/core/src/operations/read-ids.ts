/** The model ids, as a list or as an async iterable. */
export type ModelIds = Iterable<string> | AsyncIterable<string>;

/**
 * Reads the ids. A synchronous list is read to its end even if the call is cancelled, so that each id gets an
 * outcome. An async iterable is closed when the call is cancelled, because it may never yield again.
 */
export async function* readIds(
  ids: ModelIds,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  if (Symbol.iterator in ids) {
    yield* ids;
    return;
  }
  const iterator = ids[Symbol.asyncIterator]();
  let isOver = false;
  // Like `for await`, it accepts an iterator whose methods do not return promises.
  const next = async () => {
    isOver = true;
    const result = await iterator.next();
    isOver = result.done === true;
    return result;
  };
  try {
    while (!signal.aborted) {
      const result = await untilAborted(next(), signal);
      if (result === null) isOver = false;
      if (result === null || result.done === true) return;
      yield result.value;
    }
  } finally {
    if (!isOver) closeQuietly(iterator);
  }
}

/** Returns what `promise` resolves to, or null as soon as the signal aborts. */
function untilAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | null> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(null);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function closeQuietly(iterator: AsyncIterator<unknown>): void {
  const close = async () => iterator.return?.();
  close().catch(() => {});
}

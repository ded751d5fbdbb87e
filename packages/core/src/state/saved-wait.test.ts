import { describe, expect, test } from 'vitest';
import { isSavedWait, pickCall, shiftTimes } from './saved-wait.ts';
import { createCall } from './call.ts';
import { createImage, createList, createReload, type Replied } from './state.ts';

type Fields = Record<string, unknown>;

const replied: Replied = {
  at: 1,
  wall: 2,
  request: 1,
  reply: { status: 'processing', httpStatus: 200, apiStatus: 'processing', apiMessage: 'Loading' },
  failure: null,
};
const start = { modelId: 'm', timeoutMs: 1, startedAt: 0, startedWall: 0 };
const newTargets = {
  reload: createReload('m'),
  image: createImage('m', 'a prompt', 'base'),
  list: createList(),
};
const createWait = (): Fields => {
  const wait = {
    v: 1,
    modelId: 'm',
    call: pickCall(createCall('', start)),
    reload: { ...newTargets.reload, replied },
    image: { ...newTargets.image, replied },
    list: { ...newTargets.list, replied },
    key: { isAccepted: true, isDoubted: false },
    rejections: { line: 0, pause: 0 },
  };
  return JSON.parse(JSON.stringify(wait));
};

/** Returns the path of every field in a value. */
function pathsOf(value: unknown, above: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const path = [...above, name];
    return [path].concat(pathsOf(field, path));
  });
}

/** Returns a wait with another value at a path, or without the field for undefined. */
function withField(path: string[], replace: (field: unknown) => unknown): Fields {
  const wait = createWait();
  let owner = wait;
  for (const name of path.slice(0, -1)) owner = owner[name] as Fields;
  const name = path.at(-1) ?? '';
  owner[name] = replace(owner[name]);
  return wait;
}

/** What a field is until something is known: null if it may then have any type. */
function newField([target, ...path]: string[]): unknown {
  const fresh: unknown = newTargets[target as keyof typeof newTargets];
  return path.reduce<unknown>((owner, name) => (owner as Fields | null)?.[name], fresh);
}

const paths = pathsOf(createWait());
const values = ['text', 7, true, null, [], { of: 'another type' }];
const typeOf = (value: unknown) =>
  value === null || Array.isArray(value) ? String(value) : typeof value;
/** What may be missing as a whole, or has a type only while it is known. */
const isOptional = (path: string[]) => {
  const name = path.join('.');
  if (['call', 'image', 'list', 'call.seen.last'].includes(name)) return true;
  if (name.endsWith('.replied')) return true;
  return /\.replied\.(failure|reply\.\w+)$/.test(name) || newField(path) === null;
};

test('A complete wait is accepted, with and without what may be missing as a whole.', () => {
  expect(isSavedWait(createWait(), 'm')).toBe(true);
  for (const path of [['call'], ['image'], ['list'], ['reload', 'replied']]) {
    expect([
      path,
      isSavedWait(
        withField(path, () => null),
        'm',
      ),
    ]).toEqual([path, true]);
  }
});

test('A wait of another model or version is rejected.', () => {
  expect(isSavedWait(createWait(), 'other')).toBe(false);
  for (const path of [['modelId'], ['reload', 'modelId'], ['image', 'modelId']]) {
    const wait = withField(path, () => 'other');
    expect([path, isSavedWait(wait, 'm')]).toEqual([path, false]);
  }
  for (const v of [0, 2, '1', null]) {
    expect(isSavedWait({ ...createWait(), v }, 'm')).toBe(false);
  }
});

test.each(['startedAt', 'startedWall'])('A wait whose %s is not a time is rejected.', (name) => {
  for (const time of [8.64e15 + 1, -1e300, Number.NaN]) {
    const wait = withField(['call', name], () => time);
    expect([time, isSavedWait(wait, 'm')]).toEqual([time, false]);
  }
});

test.each([null, undefined, 7, 'text', [], {}, [1], () => 1])('%j is rejected.', (value) => {
  expect(isSavedWait(value, 'm')).toBe(false);
  expect(isSavedWait(value, '')).toBe(false);
});

describe('A wait is rejected', () => {
  test.each(paths.map((path) => [path.join('.'), path] as const))('without %s', (_, path) => {
    expect(
      isSavedWait(
        withField(path, () => undefined),
        'm',
      ),
    ).toBe(false);
  });

  const typed = paths.filter((path) => !isOptional(path));
  test.each(typed.map((path) => [path.join('.'), path] as const))(
    'with another type for %s',
    (_, path) => {
      const accepted = values.filter((value) => {
        let kept: unknown;
        const wait = withField(path, (field) => {
          kept = field;
          return value;
        });
        return typeOf(kept) !== typeOf(value) && isSavedWait(wait, 'm');
      });
      expect(accepted).toEqual([]);
    },
  );
});

test('Every time is shifted, and nothing else is changed.', () => {
  const value = {
    at: 1,
    nextAt: 2,
    wall: 3,
    that: 4,
    atLeast: 5,
    lastAtOnce: 8,
    list: [{ untilAt: 6 }],
    format: 7,
  };
  const kept = { ...value, at: 'text' };
  expect(shiftTimes(value, 10)).toEqual({
    ...value,
    at: 11,
    nextAt: 12,
    list: [{ untilAt: 16 }],
  });
  expect(shiftTimes(kept, 10)).toMatchObject({ at: 'text', nextAt: 12 });
});

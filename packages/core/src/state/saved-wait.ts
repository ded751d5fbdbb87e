import { createCall, createImage, createReload } from './create.ts';
import type { Call, ImageTarget, ReloadTarget } from './state.ts';

/** One model's wait as plain data, for `step`. Its times are the client's; `shiftTimes` converts them. */
export interface SavedWait {
  v: 1;
  modelId: string;
  /** The call; null if it has ended. */
  call: SavedCall | null;
  reload: ReloadTarget;
  image: ImageTarget | null;
  key: { isAccepted: boolean; isDoubted: boolean };
  /** Consecutive rejections because the account's queue was full. */
  rejections: { line: number; pause: number };
}

type SavedCall = ReturnType<typeof pickCall>;

/** Picks what a call has seen, without what its next step states again. */
export function pickCall(call: Call) {
  const { startedAt, startedWall, listStartedAt, begunAt, isChecking } = call;
  const { attempts, requests, retries, unsent, last } = call;
  return {
    startedAt,
    startedWall,
    listStartedAt,
    begunAt,
    isChecking,
    attempts,
    requests,
    retries,
    unsent,
    last,
  };
}

/** Adds `byMs` to every time in a value, that is, to every number whose name is `at` or ends in `At`. */
export function shiftTimes<Value extends object>(value: Value, byMs: number): Value {
  return JSON.parse(JSON.stringify(value), (name, field: unknown) =>
    typeof field === 'number' && /^at$|At$/.test(name) ? field + byMs : field,
  );
}

/** Returns whether a value has the fields of a saved wait. Whoever keeps it may have lost or changed some. */
export function isSavedWait(value: unknown, modelId: string): value is SavedWait {
  const start = { modelId, timeoutMs: 1, startedAt: 0, startedWall: 0 };
  const call = pickCall(createCall('', start, 0));
  const image = createImage('', modelId, { imagePrompt: '', imageBaseModel: '' });
  const template: SavedWait = {
    v: 1,
    modelId,
    call: null,
    reload: createReload('', modelId),
    image: null,
    key: { isAccepted: false, isDoubted: false },
    rejections: { line: 0, pause: 0 },
  };
  if (!hasFieldsOf(value, template)) return false;
  if (value.v !== 1 || value.modelId !== modelId) return false;
  return isNullOr(value.call, call) && isNullOr(value.image, image);
}

function isNullOr(value: unknown, template: object): boolean {
  return value === null || hasFieldsOf(value, template);
}

/** Compares the names and the types of fields; a field that may be null may have any type. */
function hasFieldsOf<Template extends object>(
  value: unknown,
  template: Template,
): value is Template {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields: Record<string, unknown> = { ...value };
  return Object.entries(template).every(([name, expected]: [string, unknown]) => {
    const field = fields[name];
    if (field === undefined) return false;
    // A model of a list has no time of its own before it begins.
    if (expected === null || (field === null && name === 'begunAt')) return true;
    if (typeof expected === 'object') return hasFieldsOf(field, expected);
    return typeof field === typeof expected;
  });
}

import { createCall, type Call } from './call.ts';
import { createImage, createList, createOwn, createReload } from './state.ts';
import type { Image, Known, List, Reload, Replied } from './state.ts';

/**
 * One model's wait as plain data, for `step`, or that for the list of trained models, whose `modelId` is empty. Its times are
 * the client's; `shiftTimes` converts them.
 */
export interface SavedWait {
  v: 1;
  modelId: string;
  /** The call; null if it has ended. */
  call: ReturnType<typeof pickCall> | null;
  reload: Reload;
  image: Image | null;
  list: List | null;
  key: { isAccepted: boolean; isDoubted: boolean };
  /** Consecutive rejections because the account's queue was full. */
  rejections: { line: number; pause: number };
}

/** Returns what the next step of a call does not state again. */
export function pickCall({
  startedAt,
  startedWall,
  isChecking,
  seen,
}: Pick<Call, 'startedAt' | 'startedWall' | 'isChecking' | 'seen'>) {
  return { startedAt, startedWall, isChecking, seen };
}

/** Returns what is known of a target, without what one client counts for it. */
export function pickKnown(target: Known): object {
  const own = createOwn('');
  return Object.fromEntries(Object.entries(target).filter(([name]) => !(name in own)));
}

/** Adds `byMs` to every time in a value, that is, to every number whose name is `at` or ends in `At`. */
export function shiftTimes<Value extends object>(value: Value, byMs: number): Value {
  return JSON.parse(JSON.stringify(value), (name, field: unknown) =>
    typeof field === 'number' && /^at$|At$/.test(name) ? field + byMs : field,
  );
}

const REPLIED: Replied = {
  at: 0,
  wall: 0,
  request: 0,
  reply: { status: 'error', httpStatus: null, apiStatus: null, apiMessage: null },
  failure: null,
};

/** Returns whether a value has the fields of a saved wait. Whoever keeps it may have lost or changed some. */
export function isSavedWait(value: unknown, modelId: string): value is SavedWait {
  const template = {
    reload: createReload(modelId),
    key: { isAccepted: false, isDoubted: false },
    rejections: { line: 0, pause: 0 },
  };
  const { v, modelId: id, call, reload, image, list } = toFields(value);
  const ids = [id, toFields(reload).modelId, toFields(image ?? { modelId }).modelId];
  const start = { modelId, timeoutMs: 0, startedAt: 0, startedWall: 0 };
  return (
    v === 1 &&
    ids.every((one) => one === modelId) &&
    hasFieldsOf(value, template) &&
    isNullOr(call, pickCall(createCall('', start))) &&
    isNullOr(image, createImage(modelId, '', '')) &&
    isNullOr(list, createList()) &&
    [reload, image, list].every((target) => isNullOr(toFields(target).replied ?? null, REPLIED)) &&
    [toFields(call).startedAt, toFields(call).startedWall].every(isTime)
  );
}

/** Returns whether a Date can represent a time, if there is one. */
const isTime = (time: unknown) => !Number.isNaN(new Date(Number(time ?? 0)).getTime());

const isNullOr = (value: unknown, template: object) =>
  value === null || hasFieldsOf(value, template);

/** Compares the names and the types of fields; a field that is null in the template may have any type. */
function hasFieldsOf(value: unknown, template: object): boolean {
  const fields = toFields(value);
  return Object.entries(template).every(([name, expected]: [string, unknown]) => {
    const field = fields[name];
    if (expected === null) return field !== undefined;
    if (typeof expected === 'object') return hasFieldsOf(field, expected);
    return typeof field === typeof expected;
  });
}

/** Returns the fields of any value; those of a text or a list match no template. */
const toFields = (value: unknown): Record<string, unknown> => ({ ...Object(value) });

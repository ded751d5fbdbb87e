import { invalidArgument } from '../errors.ts';
import { OPTION_SPECS, type NameOf, type OptionName } from './option-specs.ts';
import type { OptionSpec } from './option-spec.ts';
import { quote } from '../text.ts';

/** A function that takes options: the names of those that are plain values, and of the others. */
export interface Taker {
  values: readonly OptionName[];
  others: readonly string[];
}

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTION_SPECS, name);
}

/** Returns the names of the plain options that a function takes, in the order of the table. */
export function namesOf<Of extends OptionSpec['of']>(...taken: Of[]): readonly NameOf<Of>[] {
  const isTaken = (name: OptionName): name is NameOf<Of> =>
    taken.some((of) => of === OPTION_SPECS[name].of);
  return Object.keys(OPTION_SPECS)
    .filter((name) => isOptionName(name))
    .filter((name) => isTaken(name));
}

/**
 * Copies options by name onto an object without a prototype. They may be inherited, but not from `Object.prototype`: what
 * other code has put there is not an option.
 *
 * @throws {ReloadError} `invalid_argument` for an unknown option, which would otherwise have no effect
 */
export function copyOptions<Options extends object>(options: Options, taker: Taker): Options {
  const copy: Options = Object.create(null);
  // Without options, as JavaScript allows, the message is that the key is missing.
  if (options === undefined) return copy;
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(`The options must be an object, not ${quote(options)}.`);
  }
  const known: readonly string[] = [...taker.values, ...taker.others];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownOptions(unknown, known);
  for (const name of known) {
    if (isGiven(options, name)) Reflect.set(copy, name, Reflect.get(options, name));
  }
  return copy;
}

function isGiven(options: object, name: string): boolean {
  for (
    let owner: object | null = options;
    owner !== null && (owner === options || !isObjectPrototype(owner));
    owner = Object.getPrototypeOf(owner)
  ) {
    if (Object.hasOwn(owner, name)) return true;
  }
  return false;
}

/** Returns true for `Object.prototype`, that of another realm included. */
function isObjectPrototype(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'isPrototypeOf');
}

function unknownOptions(unknown: string[], known: readonly string[]) {
  const misplaced = namesOf('client').find((name) => unknown.includes(name));
  if (misplaced !== undefined) {
    const why =
      misplaced === 'concurrency' ? ', because the limit applies to the whole account' : '';
    return invalidArgument(`${misplaced} is an option of createClient${why}.`);
  }
  const ofList = namesOf('list').find((name) => unknown.includes(name));
  if (ofList !== undefined) return invalidArgument(`${ofList} is an option of reloadMany.`);
  return invalidArgument(
    `Unknown option: ${unknown.map(quoteName).join(', ')}.`,
    `Known options: ${known.join(', ')}.`,
  );
}

function quoteName(name: string): string {
  return /^[\w-]{1,40}$/.test(name) ? name : quote(name);
}

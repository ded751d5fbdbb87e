import { invalidArgument } from '../errors.ts';
import { quote } from '../text.ts';
import { isOptionName, OPTION_RULES } from './option-rules.ts';

/**
 * Copies options by name onto an object without a prototype. They may be inherited, but not from `Object.prototype`: what
 * other code has put there is not an option.
 *
 * @throws {ReloadError} `invalid_argument` for an unknown option, which would otherwise have no effect
 */
export function copyOptions<Options extends object>(
  options: Options,
  known: readonly string[],
): Options {
  const copy: Options = Object.create(null);
  // Without options, as JavaScript allows, the message is that the key is missing.
  if (options === undefined) return copy;
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument(`The options must be an object, not ${quote(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownOptions(unknown, known);
  for (const name of known) {
    if (isGiven(options, name)) Reflect.set(copy, name, Reflect.get(options, name));
  }
  return copy;
}

function isGiven(owner: object | null, name: string): boolean {
  if (owner === null) return false;
  const parent: object | null = Object.getPrototypeOf(owner);
  // `Object.prototype`, that of another realm included.
  if (parent === null && Object.hasOwn(owner, 'isPrototypeOf')) return false;
  return Object.hasOwn(owner, name) || isGiven(parent, name);
}

function unknownOptions(unknown: string[], known: readonly string[]) {
  for (const name of unknown.filter(isOptionName)) {
    const { of } = OPTION_RULES[name];
    if (of === 'call') continue;
    const owner = of === 'client' ? 'createClient' : 'reloadMany';
    const why = name === 'concurrency' ? ', because the limit applies to the whole account' : '';
    return invalidArgument(`${name} is an option of ${owner}${why}.`);
  }
  const names = unknown.map((name) => (/^[\w-]{1,40}$/.test(name) ? name : quote(name)));
  return invalidArgument(
    `Unknown option: ${names.join(', ')}.`,
    `Known options: ${known.join(', ')}.`,
  );
}

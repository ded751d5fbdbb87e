/** One row of the table of options. */
export interface OptionSpec<Value = string | number | boolean> {
  /** The function that takes the option: `createClient`, a call such as `reload`, or only `reloadMany`. */
  of: 'client' | 'call' | 'list';
  /** A duration is a number of milliseconds; as text it has a unit, such as `90s`. */
  type: 'duration' | 'integer' | 'enum' | 'text' | 'boolean';
  /** Smallest value; of a duration in milliseconds. */
  min?: number;
  /** Largest value; of a duration in milliseconds. */
  max?: number;
  /** Allowed values of an enum. */
  values?: readonly Value[];
  /** Pattern of a string, and its description, which completes 'must be …'. */
  pattern?: { regExp: RegExp; description: string };
  /** Value of an option that is left out, if it is a fixed one. */
  default?: Value;
  /** Description of the default, if it is not a fixed value. */
  defaultSummary?: string;
  /** Description for people, without a full stop. */
  summary: string;
}

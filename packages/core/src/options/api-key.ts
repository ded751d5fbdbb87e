import { invalidArgument } from '../errors.ts';
import { createRedactor } from '../redaction/redact.ts';
import { BLANK_OR_INVISIBLE } from '../text.ts';

/** A line of an env file or of a shell script, with its name. */
const ASSIGNMENT = /^(?:export\s+)?(\w+)\s*=./i;
const NAME_OF_KEY = /^[a-z]\w*_\w|key$/i;

/** Checks the API key. The error does not repeat it. */
export function checkApiKey(apiKey: unknown): asserts apiKey is string {
  if (typeof apiKey !== 'string' || apiKey.trim() === '') {
    throw invalidArgument('The API key is missing.', 'Pass the key from your ModelsLab dashboard.');
  }
  if (NAME_OF_KEY.test(ASSIGNMENT.exec(apiKey)?.[1] ?? '')) {
    throw invalidArgument(
      'The API key is a complete NAME=value line.',
      'Pass only what follows the =, without quotes.',
    );
  }
  if (/^["'`]|["'`]$/.test(apiKey.trim())) {
    throw invalidArgument(
      'The API key is in quotes.',
      "Pass it without them. docker's --env-file, for example, keeps the quotes.",
    );
  }
  if (BLANK_OR_INVISIBLE.test(apiKey)) {
    throw invalidArgument(
      'The API key contains whitespace, a control character or an invisible character.',
      'Copy it again from your ModelsLab dashboard, without spaces or line breaks.',
    );
  }
}

/** A shorter key cannot be distinguished from a part of an ordinary word. */
const MIN_SECRET_LENGTH = 8;

/**
 * Rejects a text that is the key, or contains a key that is long enough to be distinguished, in any encoding. The error
 * does not repeat the text.
 */
export function rejectKey(
  label: string,
  text: string,
  apiKey: string,
  redact?: (text: string) => string,
): void {
  // No encoding is shorter than the key, and to create a redactor costs more than most calls.
  const mayContain = apiKey.length >= MIN_SECRET_LENGTH && text.length >= apiKey.length;
  if (text === apiKey || (mayContain && (redact ?? createRedactor(apiKey))(text) !== text)) {
    throw invalidArgument(`${label} contains the API key.`, 'Pass the key only as the API key.');
  }
}

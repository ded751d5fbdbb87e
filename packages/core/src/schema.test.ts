import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod/mini';
import { ERROR_SPECS } from './error-codes.ts';
import { initialOutcome, type ErrorCode, type Outcome, type OutcomeError } from './outcome.ts';
import { errorCodeSchema, outcomeSchema, type outcomeErrorSchema } from './schema.ts';

test('the schemas and the documented interfaces are the same types', () => {
  expectTypeOf<z.infer<typeof errorCodeSchema>>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<z.infer<typeof outcomeErrorSchema>>().toEqualTypeOf<OutcomeError>();
  // The known status words are literal types in the interface only, so each must be assignable to the other.
  expectTypeOf<z.infer<typeof outcomeSchema>>().toExtend<Outcome>();
  expectTypeOf<Outcome>().toExtend<z.infer<typeof outcomeSchema>>();
  expectTypeOf<keyof z.infer<typeof outcomeSchema>>().toEqualTypeOf<keyof Outcome>();
});

test('the schema of an Outcome matches the initial outcome and names exactly its fields', () => {
  const outcome = initialOutcome('my-model', 0);
  expect(outcomeSchema.safeParse(outcome).error).toBeUndefined();
  expect(Object.keys(outcomeSchema.shape)).toEqual(Object.keys(outcome));
});

test('the schema of an error code matches exactly the codes of the table', () => {
  expect(errorCodeSchema.options).toEqual(Object.keys(ERROR_SPECS));
});

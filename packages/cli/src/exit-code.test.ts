import { ERROR_SPECS, type ErrorCode } from '@modelslab-reload/core';
import { expect, test } from 'vitest';
import { exitCodeOf } from './exit-code.ts';

test.each<[ErrorCode[], number]>([
  [[], 0],
  [['api_error'], 1],
  [['invalid_argument'], 2],
  [['unauthorized'], 3],
  [['forbidden'], 3],
  [['rate_limited'], 4],
  [['model_not_found'], 5],
  [['payment_required'], 6],
  [['wait_timeout'], 7],
  [['request_timeout'], 7],
  [['network_error'], 10],
  [['unauthorized', 'forbidden'], 3],
  [['wait_timeout', 'request_timeout', 'wait_timeout'], 7],
  [['model_not_found', 'network_error'], 1],
  [['model_not_found', 'server_error'], 1],
])('%j -> %i', (failures, exitCode) => {
  expect(exitCodeOf(failures)).toBe(exitCode);
});

test('every code has an exit code that says that it failed', () => {
  for (const code of Object.keys(ERROR_SPECS) as ErrorCode[]) {
    expect(exitCodeOf([code])).toBe(ERROR_SPECS[code].exitCode);
  }
});

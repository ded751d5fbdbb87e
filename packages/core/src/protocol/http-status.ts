import type { ErrorCode } from '../error-codes.ts';

/** What is known about an HTTP status, beside its class. */
interface HttpStatus {
  /** The code, if no phrase decides and the body is the API's. */
  code?: ErrorCode;
  /** The API's documentation lists it, so a body with a message and without a status word can be the API's. */
  isDocumented?: true;
  /** Decides against a load in progress, regardless of the text. */
  isNeverLoading?: true;
  /** The server did not process the request, so a retry is right even if the response is not from the API. */
  isRetryable?: true;
}

const STATUSES: Readonly<Record<number, HttpStatus>> = {
  200: { isDocumented: true },
  400: { isDocumented: true, code: 'invalid_request' },
  401: { isDocumented: true, isNeverLoading: true },
  402: { isDocumented: true, isNeverLoading: true, code: 'payment_required' },
  403: { isDocumented: true, isNeverLoading: true, code: 'forbidden' },
  404: { isDocumented: true, code: 'model_not_found' },
  408: { isRetryable: true },
  425: { isRetryable: true },
  429: { isDocumented: true, isNeverLoading: true },
  500: { isDocumented: true },
  503: { isDocumented: true },
};

export function knownStatus(httpStatus: number): HttpStatus {
  return STATUSES[httpStatus] ?? {};
}

export function is2xx(httpStatus: number | null): boolean {
  return httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
}

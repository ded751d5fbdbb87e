// Some of these patterns are quadratic, so they are matched only against `toMatchable` of a text.
import type { ErrorCode } from '../outcome.ts';

/**
 * The phrases that decide what a reply means, regardless of the HTTP status; the first match does. Money comes first,
 * because an exhausted quota may also be reported as a rate limit (429) or an invalid key (401).
 */
const PHRASES: readonly (readonly [ErrorCode, ...RegExp[]])[] = [
  [
    'payment_required',
    /\b(?:insufficient|not (?:have )?enough|out of|run out of|no(?: more)?) (?:\w+ )?(?:credits?|balance|funds)\b/i,
    /\b(?:credits?|balance|funds) (?:(?:is|are|has|have|been|too) )*(?:insufficient|exhausted|expired|depleted|low|over|used up|finished)\b/i,
    /\b(?:add|buy|purchase) (?:more )?credits\b/i,
    // A monthly or plan quota; without such a word, a limit is a rate limit.
    /\bmonthly (?:\w+ )?(?:limit|quota|allowance)\b/i,
    /\b(?:plan|subscription)(?:'s)? (?:limit|quota|allowance)\b/i,
    /\bquota (?:(?:is|has|been) )*(?:exceeded|exhausted|reached|used up)\b/i,
    /\bexceeded your (?:current )?quota\b/i,
    /\b(?:subscription|plan) (?:(?:is|has|have|was|been|not) )*(?:expired|inactive|active|cancell?ed|ended)\b(?<!(?:is|has been) active)/i,
    /\bexpired subscription\b/i,
    /\bpayment required\b/i,
  ],
  [
    'rate_limited',
    /\brate limit|\bspam filter|\bsame request\b|\btoo many (?:requests|attempts)\b|\bqueued requests\b/i,
  ],
  [
    'unauthorized',
    /\b(?:invalid|incorrect|wrong|missing) (?:api ?)?key\b|\bkey (?:is |was )?(?:invalid|incorrect|expired|not valid|required|missing)\b/i,
  ],
  ['model_not_found', /\bmodel (?:id )?(?:(?:was |is )?not found|does not exist|doesn't exist)\b/i],
  ['invalid_request', /\binvalid api request\b/i],
];

/** Returns the code of the first phrase in a text; undefined without one. */
export function findPhrase(text: string): ErrorCode | undefined {
  return PHRASES.find(([, ...patterns]) => patterns.some((pattern) => pattern.test(text)))?.[0];
}

/** A rate limit on this request, not on the account. */
export const SAME_REQUEST = /\bspam filter|\bsame request\b/i;

/**
 * Phrases of a reply with the status `success` which mean that loading continues, because the API's other long calls
 * use `success` for 'accepted' ('model load started', 'deploying_gpu'). Words within an id do not count.
 */
export const STILL_LOADING =
  /(?<![\w-])(?:(?:is|are) (?:still |now |currently |being )*(?:loading|reloading|deploying|processing|starting)|being (?:re)?loaded|started|queued|in (?:the )?queue|in progress|will take|deploying(?:_\w+)?)(?![\w-])/i;

/**
 * Phrases of an error which mean that loading continues, as cold starts are often reported. Shorter than those of a
 * success, because an error may also say that something was queued, started or in progress.
 */
export const LOADING_ERROR =
  /(?<![\w-])(?:(?:is|are) (?:still |currently |now )*(?:loading|reloading|deploying)|being (?:re)?loaded)(?![\w-])/i;

/** Phrases that an image request may return for an unloaded model; the vendor has not documented their wording. */
export const UNAVAILABLE =
  /\bmodel\b.*\b(?:not (?:loaded|ready|available|found)|unloaded|(?:re)?loading)\b/i;

/** What an error names that says `UNLOADED`; the vendor has not documented its wording. */
export const MODEL = /\b(?:models?|checkpoint|lora)\b/i;

/** Phrases of an error of a call that needs a loaded model. */
export const UNLOADED =
  /\bnot (?:yet |currently )?(?:loaded|ready)\b|\bunloaded\b|\b(?:re)?loading\b/i;

/** Phrases of an error that a retry may pass. */
export const TRY_AGAIN = /(?<!\bnot )\b(?:try again|retry)\b/i;

/**
 * Messages of web frameworks and gateways: unknown routes, and the plain reason phrases of HTTP.
 * They are about the path or a proxy, not about a model or the plan.
 */
export const FRAMEWORK =
  /\bthe route\b.*\bcould not be found\b|\bno route matched\b|\bmethod is not supported\b|^cannot (?:get|post|put|delete) \/|^missing authentication token$|^unauthenticated\.?$|^(?:http )?(?:error )?(?:4\d\d |5\d\d )?(?:bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|request timeout|conflict|gone|too early|too many requests|internal server error|bad gateway|service unavailable|gateway timeout)\.?$/i;

/** Names of the fields in the error objects of web frameworks. */
export const FRAMEWORK_FIELD =
  /^(?:statusCode|status_code|exception|trace|timestamp|path|detail|errors)$/;

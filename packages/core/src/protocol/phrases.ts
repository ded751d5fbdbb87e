import type { ErrorCode } from '../outcome.ts';

/** A phrase of the API and the code that it means, regardless of the HTTP status. */
export interface Phrase {
  code: ErrorCode;
  regExp: RegExp;
}

/**
 * The phrases that decide what a reply means; the first match does. Money comes first, because an exhausted quota may
 * also be reported as a rate limit (429) or an invalid key (401).
 */
export const PHRASES: readonly Phrase[] = [
  {
    code: 'payment_required',
    regExp: new RegExp(
      [
        String.raw`\b(?:insufficient|not (?:have )?enough|out of|run out of|no(?: more)?) (?:\w+ )?(?:credits?|balance|funds)\b`,
        String.raw`\b(?:credits?|balance|funds) (?:(?:is|are|has|have|been|too) )*(?:insufficient|exhausted|expired|depleted|low|over|used up|finished)\b`,
        String.raw`\b(?:add|buy|purchase) (?:more )?credits\b`,
        // A monthly or plan quota; without such a word, a limit is a rate limit.
        String.raw`\bmonthly (?:\w+ )?(?:limit|quota|allowance)\b`,
        String.raw`\b(?:plan|subscription)(?:'s)? (?:limit|quota|allowance)\b`,
        String.raw`\bquota (?:(?:is|has|been) )*(?:exceeded|exhausted|reached|used up)\b`,
        String.raw`\bexceeded your (?:current )?quota\b`,
        String.raw`\b(?:subscription|plan) (?:(?:is|has|have|was|been|not) )*(?:expired|inactive|active|cancell?ed|ended)\b(?<!(?:is|has been) active)`,
        String.raw`\bexpired subscription\b`,
        String.raw`\bpayment required\b`,
      ].join('|'),
      'i',
    ),
  },
  {
    code: 'rate_limited',
    regExp:
      /\brate limit|\bspam filter|\bsame request\b|\btoo many (?:requests|attempts)\b|\bqueued requests\b/i,
  },
  {
    code: 'unauthorized',
    regExp:
      /\b(?:invalid|incorrect|wrong|missing) (?:api ?)?key\b|\bkey (?:is |was )?(?:invalid|incorrect|expired|not valid|required|missing)\b/i,
  },
  {
    code: 'model_not_found',
    regExp: /\bmodel (?:id )?(?:(?:was |is )?not found|does not exist|doesn't exist)\b/i,
  },
  { code: 'invalid_request', regExp: /\binvalid api request\b/i },
];

/** A rate limit on this request, not on the account. */
export const SAME_REQUEST = /\bspam filter|\bsame request\b/i;

/**
 * Phrases of a reply with the status `success` which mean that loading continues, because the API's other long calls
 * use `success` for 'accepted' ('model load started', 'deploying_gpu'). Words within an id do not count.
 */
export const STILL_LOADING =
  /(?<![\w-])(?:(?:is|are) (?:still |now |currently |being )*(?:loading|reloading|deploying|processing|starting)|being (?:re)?loaded|started|queued|in (?:the )?queue|in progress|will take|deploying(?:_\w+)?)(?![\w-])/i;

export const TRY_AGAIN = /(?<!\bnot )\b(?:try again|retry)\b/i;

/**
 * Messages of web frameworks and gateways: unknown routes, and the plain reason phrases of HTTP.
 * They are about the path or a proxy, not about a model or the plan.
 */
export const FRAMEWORK =
  /\bthe route\b.*\bcould not be found\b|\bno route matched\b|\bmethod is not supported\b|^cannot (?:get|post|put|delete) \/|^missing authentication token$|^unauthenticated\.?$|^(?:http )?(?:error )?(?:4\d\d |5\d\d )?(?:bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|request timeout|conflict|gone|too early|too many requests|internal server error|bad gateway|service unavailable|gateway timeout)\.?$/i;

/** Fields of the error objects of web frameworks. */
export const FRAMEWORK_FIELDS = [
  'statusCode',
  'status_code',
  'exception',
  'trace',
  'timestamp',
  'path',
  'detail',
  'errors',
];

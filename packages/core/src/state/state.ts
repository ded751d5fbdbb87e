import type { Failure } from '../errors.ts';
import { initialOutcome } from '../outcome.ts';
import type { ReplyWords } from '../protocol/parse-reply.ts';
import type { Call, Wait } from './call.ts';

/**
 * Returns the state of a client that has sent nothing: all that a client knows, as plain data.
 * JSON.parse(JSON.stringify(state)) between two events changes nothing, and only transitions change it. A time (`at` or
 * `…At`) is in milliseconds on the client's monotonic clock, which starts at 0; `wall` is in milliseconds since 1970.
 */
export const createState = () => ({
  /** Whether other processes send the requests, and this client only follows what they publish. */
  isFollower: false,
  /** Why what they publish cannot be received; null if it can. */
  fault: null as string | null,
  /** The waiting calls, by id. */
  calls: {} as Record<string, Call>,
  callCount: 0,
  /** Calls and lists that ever joined; makes their ids unique. */
  joined: 0,
  /** Image requests that lists may still send, by the id of their budget. */
  budgets: {} as Record<string, number>,
  /** What is known of each model, image check and list, by key, the least recently used first. */
  targets: {} as Record<string, Target>,
  targetCount: 0,
  /** How often a target has become idle while there were too many. */
  idled: 0,
  /** The open requests (`isFirst`: the API had not accepted the target), and the number of the last one. */
  open: [] as { number: number; key: string; sentAt: number; isFirst: boolean }[],
  sent: 0,
  /** Targets that wait only for a slot or in line, first come, first served, and the last place that was given. */
  ready: { polls: [] as Entry[], firsts: [] as Entry[], places: 0 },
  /** Models that the API has not accepted wait while the account's queue is full. */
  line: {
    /** Consecutive ones because the queue was full, and the last request sent before the latest that counts. */
    rejections: { count: 0, lastSent: 0 },
    /** Models that are assumed to be loading, and their acceptances in order, among them some that have ended. */
    loads: 0,
    order: [] as Entry[],
    /** Whether the API ever returned `processing`: if so, its 'success' does not mean accepted. */
    reportsProcessing: false,
    closed: null as ReturnType<typeof createClosedLine> | null,
  },
  /** The whole client waits after the API rejected a poll because the account's queue was full. */
  pause: {
    rejections: { count: 0, lastSent: 0 },
    untilAt: 0,
    at: 0,
    failure: null as Failure | null,
  },
  /** Whether the API accepts the key, and the last request that had been sent when the first 401 arrived. */
  key: { isAccepted: false, doubtedAfter: null as number | null },
  /** The last failure that ended all calls, and how many there were. */
  stop: { count: 0, failure: null as Failure | null },
  /** Deadlines of calls and next checks of targets. */
  agenda: [] as Entry[],
});
export type State = ReturnType<typeof createState>;
export type OpenRequest = State['open'][number];

/** Returns a line that closes because the account's queue is full. */
export const createClosedLine = (at: number, failure: Failure, limit: number) => ({
  /** When it closed, or when the last model was accepted after that. */
  at,
  failure,
  /** No model starts before this time, which the API requested. */
  notBeforeAt: 0,
  /** Maximum number of models that load together. */
  limit,
  /** When one more than the limit is tried, and the request that tries it. */
  tryAt: 0,
  trial: null as number | null,
  /** How often the wait for a trial is doubled: more for each rejected one, less for each accepted one. */
  doublings: 0,
  /** Models accepted since the last rejection. */
  acceptances: 0,
});

/** A call or a target in a list that is sorted by `at`: a time, or a place in a queue. */
export type Entry = { at: number; key: string };

/** The last reply to a target: when it came, on both clocks, and what it means for calls. */
export interface Replied {
  at: number;
  wall: number;
  /** `sent` of its request. */
  request: number;
  reply: ReplyWords;
  failure: Failure | null;
}

/** Returns a number that is larger for what is known later: after a request has left, and after its reply. */
export function versionOf({ sent, replied }: { sent: number; replied: Replied | null }): number {
  return 2 * sent + (replied?.request === sent ? 1 : 0);
}

/** What one client counts for a target, and no other takes over. */
export const createOwn = (key: string) => ({
  key,
  /** The calls that wait for it, and how many of them are not absent. */
  calls: {} as Record<string, true>,
  callers: 0,
  /** The number of its open request. */
  request: null as number | null,
  waiting: null as Wait | null,
  /** Its place among the targets that are ready, and its valid appointment. */
  place: null as number | null,
  wakeAt: null as number | null,
  /** Since when a model is assumed to load, and whether the API returned `processing` rather than a 'success'. */
  load: null as { at: number; isCertain: boolean } | null,
});
export type Own = ReturnType<typeof createOwn>;

/** What is known of everything that is polled by one series of requests for all its calls. */
const createKnown = () => ({
  /** No request is sent before this time. */
  nextAt: 0,
  /** The failure that requested the wait until `nextAt`; null if it is the interval. */
  requested: null as { failure: Failure; at: number } | null,
  /** Requests that were ever sent: of two versions of a target, the one with more is newer. */
  sent: 0,
  replied: null as Replied | null,
  interval: createInterval(),
});

/** Decides how long a target waits between two requests; `step` is the position in the schedule of a load. */
export const createInterval = () => ({ isAccepted: false, step: 0, unsent: 0, rateLimited: 0 });

/** The part of an Outcome that all calls of a reload share. */
export const createShared = () => {
  const { status, evidence, message, firstStatus, lastStatus, repliedAt } = initialOutcome('', 0);
  return { status, evidence, message, firstStatus, lastStatus, repliedAt };
};

/** Returns what is known of the reload of one model before its first request. */
export const createReload = (modelId: string) => ({
  ...createKnown(),
  kind: 'reload' as const,
  modelId,
  wait: createShared(),
  /** Whether the wait has succeeded or failed; the next request begins another. */
  hasEnded: false,
  /** When the last `processing` came, on both clocks, and until when an acceptance answers calls. */
  accepted: null as { at: number; wall: number; untilAt: number } | null,
  /** The final failure that new calls get during the interval. */
  failure: null as Failure | null,
});
export type Reload = ReturnType<typeof createReload>;

/** Returns what is known of the check of one model with an image. */
export const createImage = (modelId: string, prompt: string, baseModel: string) => ({
  ...createKnown(),
  kind: 'image' as const,
  modelId,
  prompt,
  baseModel,
  url: null as string | null,
  last: null as { message: string | null; status: string | null; repliedAt: string } | null,
  /** The schedule of image requests while the model is unavailable. */
  loading: createInterval(),
  imageRequests: 0,
  /** Whether the last request requested an image rather than fetched it, and the budget that it was taken from. */
  isImageRequest: false,
  paidBy: null as string | null,
  /** The image that the API accepted and has yet to generate. */
  pending: null as { id: string; at: number; wall: number } | null,
  failure: null as Failure | null,
});
export type Image = ReturnType<typeof createImage>;

/** Returns what is known of the account's list of trained models. */
export const createList = () => ({
  ...createKnown(),
  kind: 'list' as const,
  ids: null as string[] | null,
});
export type List = ReturnType<typeof createList>;

/** What is known of a target, and goes to other clients. */
export type Known = Reload | Image | List;

export type ReloadTarget = Reload & Own;
export type ImageTarget = Image & Own;
export type ListTarget = List & Own;
export type Target = ReloadTarget | ImageTarget | ListTarget;

import type { Failure } from '../errors.ts';
import type { Until } from '../options.ts';
import type { Outcome } from '../outcome.ts';

/**
 * Everything that a client knows, as plain data: JSON.parse(JSON.stringify(state)) between two events changes nothing.
 * Only transitions change it. A time (`at` or `…At`) is in milliseconds on the client's monotonic clock, which starts at
 * 0; `wall` is in milliseconds since 1970.
 */
export interface State {
  /** The waiting calls, by id. */
  calls: Record<string, Call>;
  callCount: number;
  /** Calls that ever joined; makes their ids unique. */
  joined: number;
  /** Image requests that lists may still send, by the id of their budget. */
  budgets: Record<string, number>;
  /** What is known of each model, image check and list, by key, the least recently used first. */
  targets: Record<string, Target>;
  targetCount: number;
  open: OpenRequest[];
  /** The number of the last request that was sent. */
  sent: number;
  /** Targets that wait only for a slot or in line, first come, first served. */
  ready: { polls: Place[]; firsts: Place[] };
  /** Places that were ever given; makes them unique. */
  places: number;
  /** Models that the API has not accepted wait while the account's queue is full. */
  line: {
    rejections: Rejections;
    /** Models that are assumed to be loading, and their acceptances in order, among them some that have ended. */
    loads: number;
    order: { key: string; at: number }[];
    /** Whether the API ever returned `processing`: if so, its 'success' does not mean accepted. */
    reportsProcessing: boolean;
    closed: ClosedLine | null;
  };
  /** The whole client waits after the API rejected a poll because the account's queue was full. */
  pause: { rejections: Rejections; untilAt: number; at: number; failure: Failure | null };
  /** Whether the API accepts the key, and the last request that had been sent when the first 401 arrived. */
  key: { isAccepted: boolean; doubtedAfter: number | null };
  /** The last failure that ended all calls, and how many there were. */
  stop: { count: number; failure: Failure | null };
  /** Deadlines of calls and next checks of targets, as a binary heap. */
  agenda: { at: number; key: string }[];
}

/** One call that waits: what it wants, and what it has seen. */
export interface Call {
  id: string;
  /** The target that it waits for. */
  target: string;
  /** Prefix of the keys of its targets: empty, but for `step`, whose targets are its own. */
  scope: string;
  /** null for the list of trained models. */
  modelId: string | null;
  until: Until;
  imagePrompt: string;
  /** The base model of a LoRA, else empty; and the budget of its list for images, else null. */
  imageBaseModel: string;
  budget: string | null;
  maxAgeMs: number;
  timeoutMs: number;
  /** Whether it waits for the image, after the model's success. */
  isChecking: boolean;
  /** Whether `timeoutMs` starts with the first request, because the model belongs to a list. */
  isListed: boolean;
  /** Whether it returns instead of waiting, after at most one request. */
  isStep: boolean;
  hasListener: boolean;
  /** Whether it can neither send nor count as a caller, because nothing runs for it at present. */
  isAbsent: boolean;
  startedAt: number;
  startedWall: number;
  listStartedAt: number;
  /** When `timeoutMs` started; null until the model of a list has started. */
  begunAt: number | null;
  /** The failures that had ended all calls when it started. Later ones end it. */
  stops: number;
  /** Replies that it has seen. */
  attempts: number;
  /** Requests that were sent while it waited and have ended. */
  requests: number;
  retries: number;
  /** Consecutive requests that did not leave this machine. */
  unsent: number;
  last: { words: string; failure: Failure | null } | null;
  reported: { reason: WaitReason; untilAt: number | null } | null;
}

/** Why the next request of a target cannot be sent now. */
export type WaitReason = 'slot' | 'line' | 'pause';

export interface Wait {
  /** The earliest time of the next request; null if an event ends the wait. */
  untilAt: number | null;
  /** null for the target's own interval. */
  reason: WaitReason | null;
  /** The failure that requested the wait; null if none did. */
  failure: Failure | null;
}

/** Something that is polled by one series of requests for all its calls. */
export type Target = ReloadTarget | ImageTarget | ListTarget;

export interface TargetBase {
  key: string;
  /** The calls that wait for it, and how many of them are not absent. */
  calls: Record<string, true>;
  callers: number;
  /** No request is sent before this time. */
  nextAt: number;
  /** The failure that requested the wait until `nextAt`; null if it is the interval. */
  requested: { failure: Failure; at: number } | null;
  /** When the last reply came, on both clocks. */
  replied: { at: number; wall: number } | null;
  /** The number of its open request. */
  request: number | null;
  waiting: Wait | null;
  place: number | null;
  /** Its valid appointment. */
  wakeAt: number | null;
  /** Decides how long it waits between two requests; `step` is the position in the schedule of a load. */
  interval: Interval;
}

/** The reload of one model. */
export interface ReloadTarget extends TargetBase {
  kind: 'reload';
  modelId: string;
  /** The part of an Outcome that all its calls share. */
  wait: Pick<
    Outcome,
    'status' | 'evidence' | 'message' | 'firstStatus' | 'lastStatus' | 'repliedAt'
  >;
  /** Whether the wait has succeeded or failed; the next request begins another. */
  hasEnded: boolean;
  succeededAt: number | null;
  /** Until when a known acceptance answers calls; 0 without one. */
  acceptedUntilAt: number;
  /** When the last `processing` came. */
  processingAt: number | null;
  /** The final failure that new calls get during the interval. */
  failure: Failure | null;
  /** Since when it is assumed to load, and whether the API returned `processing` rather than a 'success'. */
  load: { at: number; isCertain: boolean } | null;
}

/** The check of one model with an image. */
export interface ImageTarget extends TargetBase {
  kind: 'image';
  modelId: string;
  prompt: string;
  baseModel: string;
  image: { url: string; at: number; repliedAt: string } | null;
  last: { message: string | null; status: string | null; repliedAt: string } | null;
  /** The schedule of image requests while the model is unavailable. */
  loading: Interval;
  imageRequests: number;
  /** Whether the last request requested an image rather than fetched it, and the budget that it was taken from. */
  isImageRequest: boolean;
  paidBy: string | null;
  /** The image that the API accepted and has yet to generate. */
  pending: { id: string; at: number } | null;
  failure: Failure | null;
}

/** The account's list of trained models. */
export type ListTarget = TargetBase & { kind: 'list'; ids: string[] | null };

export type Interval = Record<'step' | 'unsent' | 'rateLimited', number> & { isAccepted: boolean };

/** An open request. `isFirst`: the API had not accepted its target. `place`: the place that its target had. */
export interface OpenRequest extends Place {
  number: number;
  sentAt: number;
  isFirst: boolean;
}

export type Place = { key: string; place: number };

/** Consecutive rejections because the queue was full, and the last request sent before the latest that counts. */
export type Rejections = Record<'count' | 'lastSent', number>;

export interface ClosedLine {
  /** When it closed, or when the last model was accepted after that. */
  at: number;
  failure: Failure;
  /** No model starts before this time, which the API requested. */
  notBeforeAt: number;
  /** Maximum number of models that load together. */
  limit: number;
  /** When one more than the limit is tried, and the request that tries it. */
  tryAt: number;
  trial: number | null;
  /** How often the wait for a trial is doubled: more for each rejected one, less for each accepted one. */
  doublings: number;
  /** Models accepted since the last rejection. */
  acceptances: number;
}

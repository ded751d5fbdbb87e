import type {
  Call,
  ImageTarget,
  Interval,
  ListTarget,
  ReloadTarget,
  State,
  TargetBase,
} from './state.ts';

/** Returns the state of a client that has sent nothing. */
export function createState(): State {
  return {
    calls: {},
    callCount: 0,
    joined: 0,
    budgets: {},
    targets: {},
    targetCount: 0,
    open: [],
    sent: 0,
    ready: { polls: [], firsts: [] },
    places: 0,
    line: {
      rejections: { count: 0, lastSent: 0 },
      loads: 0,
      order: [],
      reportsProcessing: false,
      closed: null,
    },
    pause: { rejections: { count: 0, lastSent: 0 }, untilAt: 0, at: 0, failure: null },
    key: { isAccepted: false, doubtedAfter: null },
    stop: { count: 0, failure: null },
    agenda: [],
  };
}

/** What a driver states about a call when it joins. */
export type CallStart = Pick<Call, 'modelId' | 'timeoutMs' | 'startedAt' | 'startedWall'> &
  Partial<
    Pick<
      Call,
      | 'until'
      | 'imagePrompt'
      | 'imageBaseModel'
      | 'budget'
      | 'maxAgeMs'
      | 'isListed'
      | 'isStep'
      | 'hasListener'
      | 'listStartedAt'
      | 'stops'
    >
  >;

export function createCall(id: string, start: CallStart, stops: number): Call {
  const { isListed = false, isStep = false, startedAt } = start;
  return {
    id,
    target: '',
    // The prefix keeps an id such as `__proto__` from being a name of the objects that are its keys.
    scope: isStep ? `${id} ` : '',
    until: 'success',
    imagePrompt: '',
    imageBaseModel: '',
    budget: null,
    maxAgeMs: 0,
    isChecking: false,
    isListed,
    isStep,
    hasListener: false,
    isAbsent: false,
    listStartedAt: startedAt,
    begunAt: isListed ? null : startedAt,
    stops,
    attempts: 0,
    requests: 0,
    retries: 0,
    unsent: 0,
    last: null,
    reported: null,
    ...start,
  };
}

type Subject = Pick<Call, 'scope' | 'modelId' | 'imagePrompt' | 'imageBaseModel'>;

/** Returns the key of the reload of a call's model. */
export const reloadKey = ({ scope, modelId }: Subject) => `${scope}reload ${modelId}`;

/** Returns the key of the image check of a call's model and prompt. */
export const imageKey = ({ scope, modelId, imagePrompt, imageBaseModel }: Subject) =>
  `${scope}image ${JSON.stringify([modelId, imagePrompt, imageBaseModel])}`;

export const initialWait = (): ReloadTarget['wait'] => ({
  status: 'error',
  evidence: null,
  message: null,
  firstStatus: null,
  lastStatus: null,
  repliedAt: null,
});

export const initialInterval = (): Interval => ({
  isAccepted: false,
  step: 0,
  unsent: 0,
  rateLimited: 0,
});

const createBase = (key: string): TargetBase => ({
  key,
  calls: {},
  callers: 0,
  nextAt: 0,
  requested: null,
  replied: null,
  request: null,
  waiting: null,
  place: null,
  wakeAt: null,
  interval: initialInterval(),
});

export const createReload = (key: string, modelId: string): ReloadTarget => ({
  ...createBase(key),
  kind: 'reload',
  modelId,
  wait: initialWait(),
  hasEnded: false,
  succeededAt: null,
  acceptedUntilAt: 0,
  processingAt: null,
  failure: null,
  load: null,
});

export const createImage = (
  key: string,
  modelId: string,
  { imagePrompt, imageBaseModel }: Pick<Call, 'imagePrompt' | 'imageBaseModel'>,
): ImageTarget => ({
  ...createBase(key),
  kind: 'image',
  modelId,
  prompt: imagePrompt,
  baseModel: imageBaseModel,
  image: null,
  last: null,
  loading: initialInterval(),
  imageRequests: 0,
  isImageRequest: false,
  paidBy: null,
  pending: null,
  failure: null,
});

export const createList = (key: string): ListTarget => ({
  ...createBase(key),
  kind: 'list',
  ids: null,
});

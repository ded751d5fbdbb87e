import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { createClient, type Outcome } from '../src/engine.ts';
import { isFull, isTried } from './effort.ts';
import { loadTimes, seeded } from './load-times.ts';

const MODELS = isFull ? 100 : 5;

export type ImageScenario = Required<
  Pick<EmulatorOptions, 'success' | 'repeat' | 'drawUnloaded'>
> & {
  load: keyof typeof loadTimes;
};

export const imageScenarios: ImageScenario[] = (
  ['loaded', 'accepted', 'blocking'] as const
).flatMap((success, ofSuccess) =>
  (['harmless', 'restarts'] as const).flatMap((repeat, ofRepeat) =>
    (['error', 'queue', 'loads'] as const).flatMap((drawUnloaded, ofImage) =>
      (['narrow', 'wide', 'slow tail'] as const)
        .filter((_, ofLoad) => isTried(ofSuccess, ofRepeat, ofImage, ofLoad))
        .map((load) => ({ success, repeat, drawUnloaded, load })),
    ),
  ),
);

/** The result of `until: 'image'` for one model of a scenario. */
export interface ImageResult {
  outcome: Outcome;
  /** Whether the model was loaded when the call ended. */
  isLoaded: boolean;
  /** Number of image requests that the API accepted, each of which is billed. */
  images: number;
}

/** Checks 100 unloaded models, one after another, with the default options. */
export async function checkImages({ load, ...scenario }: ImageScenario): Promise<ImageResult[]> {
  const random = seeded(20_261_122);
  const seen: ImageResult[] = [];
  for (let at = 0; at < MODELS; at++) {
    const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
    const loadTimeMs = Math.round(loadTimes[load](random));
    const emulator = createEmulator({ ...scenario, clock, loadTimeMs });
    let images = 0;
    const client = createClient({
      apiKey: 'demo-key',
      clock,
      async transport(request, signal) {
        const reply = await emulator.answer(request, signal);
        const isAccepted = !reply.text.includes('"error"');
        if (request.url.endsWith('/text2img') && isAccepted) images++;
        return reply;
      },
    });
    const [outcome] = await clock.run(async () => {
      const all: Outcome[] = [];
      for await (const one of client.reloadMany(['m'], { until: 'image' })) all.push(one);
      return all;
    });
    if (outcome) seen.push({ outcome, isLoaded: emulator.isLoaded('m'), images });
  }
  return seen;
}

/** Returns the row of a scenario in the table. */
export function imageRow(
  scenario: ImageScenario,
  seen: readonly ImageResult[],
): (string | number)[] {
  const percent = (isCounted: (one: ImageResult) => boolean) =>
    ((100 * seen.filter(isCounted).length) / seen.length).toFixed(0);
  const seconds = seen.map(({ outcome }) => outcome.elapsedMs / 1000).toSorted((a, b) => a - b);
  const mean = (valueOf: (one: ImageResult) => number) =>
    seen.reduce((sum, one) => sum + valueOf(one), 0) / seen.length;
  return [
    scenario.success,
    scenario.repeat,
    scenario.drawUnloaded,
    scenario.load,
    percent(({ outcome }) => outcome.evidence === 'image'),
    percent(({ outcome }) => outcome.error !== null),
    percent(isFalse),
    Math.round(mean(({ outcome }) => outcome.elapsedMs / 1000)),
    Math.round(seconds[Math.ceil(0.95 * seen.length) - 1] ?? 0),
    mean(({ outcome }) => outcome.requests).toFixed(2),
    mean(({ images }) => images).toFixed(2),
    Math.max(...seen.map(({ images }) => images)),
  ];
}

/** Returns whether an image is reported although the model is not loaded, or neither an image nor an error is reported. */
export function isFalse({ outcome, isLoaded }: ImageResult): boolean {
  const isImageResult = outcome.evidence === 'image' && outcome.imageUrl !== null;
  return isImageResult ? !isLoaded || outcome.error !== null : outcome.error === null;
}

export const imageIntroduction = `## With \`until: image\`

An image proves what the reply alone cannot. Here ${MODELS} unloaded models of each scenario are checked; _Image when unloaded_ is
what an image request does with an unloaded model: it is rejected (\`error\`), accepted but never generated (\`queue\`), or the
model loads and then generates (\`loads\`). _Image_: an image was returned, and the model was loaded. _Gave up_: the deadline
passed first. _Images_: image requests that the API accepted, each of which is billed, on average and at most.`;

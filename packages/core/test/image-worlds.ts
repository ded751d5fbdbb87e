import {
  createEmulator,
  createVirtualClock,
  type EmulatorOptions,
} from '@modelslab-reload/emulator';
import { createClient, type Outcome } from '../src/engine.ts';
import { loadTimes, seeded } from './load-times.ts';

const MODELS = 100;

export type ImageWorld = Required<Pick<EmulatorOptions, 'success' | 'repeat' | 'drawUnloaded'>> & {
  load: keyof typeof loadTimes;
};

export const imageWorlds: ImageWorld[] = (['loaded', 'accepted', 'blocking'] as const).flatMap(
  (success) =>
    (['harmless', 'restarts'] as const).flatMap((repeat) =>
      (['error', 'queue', 'loads'] as const).flatMap((drawUnloaded) =>
        (['narrow', 'wide', 'slow tail'] as const).map((load) => ({
          success,
          repeat,
          drawUnloaded,
          load,
        })),
      ),
    ),
);

/** What `until: 'image'` comes to for one model of a world. */
export interface Drawn {
  outcome: Outcome;
  /** Whether the model was loaded when the call ended. */
  isLoaded: boolean;
  /** Orders that the API took, each of which is billed. */
  pictures: number;
}

/** Draws with 100 unloaded models, one after another, with the default options. */
export async function drawInWorld({ load, ...world }: ImageWorld): Promise<Drawn[]> {
  const random = seeded(20_261_122);
  const seen: Drawn[] = [];
  for (let at = 0; at < MODELS; at++) {
    const clock = createVirtualClock(Date.parse('2026-11-21T20:15:00Z'));
    const loadTimeMs = Math.round(loadTimes[load](random));
    const emulator = createEmulator({ ...world, clock, loadTimeMs });
    let pictures = 0;
    const client = createClient({
      apiKey: 'demo-key',
      clock,
      async transport(request, signal) {
        const reply = await emulator.answer(request, signal);
        const isTaken = !reply.text.includes('"error"');
        if (request.url.endsWith('/text2img') && isTaken) pictures++;
        return reply;
      },
    });
    const [outcome] = await clock.run(async () => {
      const all: Outcome[] = [];
      for await (const one of client.reloadMany(['m'], { until: 'image' })) all.push(one);
      return all;
    });
    if (outcome) seen.push({ outcome, isLoaded: emulator.isLoaded('m'), pictures });
  }
  return seen;
}

/** The row of a world in the table. */
export function imageRow(world: ImageWorld, seen: readonly Drawn[]): (string | number)[] {
  const percent = (isSo: (one: Drawn) => boolean) =>
    ((100 * seen.filter(isSo).length) / seen.length).toFixed(0);
  const seconds = seen.map(({ outcome }) => outcome.elapsedMs / 1000).toSorted((a, b) => a - b);
  const mean = (of: (one: Drawn) => number) =>
    seen.reduce((sum, one) => sum + of(one), 0) / seen.length;
  return [
    world.success,
    world.repeat,
    world.drawUnloaded,
    world.load,
    percent(({ outcome }) => outcome.evidence === 'image'),
    percent(({ outcome }) => outcome.error !== null),
    percent(isFalse),
    Math.round(mean(({ outcome }) => outcome.elapsedMs / 1000)),
    Math.round(seconds[Math.ceil(0.95 * seen.length) - 1] ?? 0),
    mean(({ outcome }) => outcome.requests).toFixed(2),
    mean(({ pictures }) => pictures).toFixed(2),
    Math.max(...seen.map(({ pictures }) => pictures)),
  ];
}

/** A picture that was claimed of a model that is not there, or one that was there and not told. */
export function isFalse({ outcome, isLoaded }: Drawn): boolean {
  const isDrawn = outcome.evidence === 'image' && outcome.imageUrl !== null;
  return isDrawn ? !isLoaded || outcome.error !== null : outcome.error === null;
}

export const imageIntroduction = `## With \`until: image\`

The picture knows what the reply alone cannot. Here ${MODELS} unloaded models of each world draw one; _Draws unloaded_ is what
an order does with a model that is not there: it is refused (\`error\`), taken and never drawn (\`queue\`), or the model loads
and then draws (\`loads\`). _Drawn_: a picture came, and the model was there. _Gave up_: the deadline passed first. _Pictures_:
orders that the API took, each of which is billed, on average and at most.`;

// With vitest, in virtual time: weeks of the product pass in milliseconds.
import { createClient } from '@modelslab-reload/core/engine';
import { createEmulator, createVirtualClock } from '@modelslab-reload/emulator';
import { expect, test } from 'vitest';
import { createPortraitShop } from './portrait-shop.mjs';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const API_KEY = 'demo-key';

function openShop(options) {
  const clock = createVirtualClock();
  const emulator = createEmulator({ ...options, apiKey: API_KEY, clock });
  const modelslab = createClient({ apiKey: API_KEY, transport: emulator.answer, clock });
  const shop = createPortraitShop({ apiKey: API_KEY, modelslab, send: emulator.answer });
  /** Generates a portrait and returns the time that the customer waited. */
  const serveCustomer = async () => {
    const startedAt = clock.now();
    await shop.draw('a portrait of my cat');
    return clock.now() - startedAt;
  };
  return { clock, emulator, serveCustomer };
}

test('a customer waits for the model only after a quiet week', async () => {
  const { clock, emulator, serveCustomer } = openShop();
  await clock.run(async () => {
    expect(await serveCustomer()).toBeGreaterThanOrEqual(2 * MINUTE);
    await clock.sleep(DAY);
    expect(await serveCustomer()).toBe(0);
    await clock.sleep(8 * DAY);
    expect(emulator.isLoaded('our-style')).toBe(false);
    expect(await serveCustomer()).toBeLessThan(5 * MINUTE);
  });
});

test('a customer every second day keeps the model loaded for a year', async () => {
  const { clock, emulator, serveCustomer } = openShop({ loaded: ['our-style'] });
  await clock.run(async () => {
    for (let day = 0; day < 365; day += 2) {
      expect(await serveCustomer()).toBe(0);
      await clock.sleep(2 * DAY);
    }
  });
  expect(emulator.loadedSince('our-style')).toBe(0);
  // Only images: a loaded model costs no reload.
  expect(new Set(emulator.requests.map(({ path }) => path))).toEqual(
    new Set(['/api/v6/images/text2img']),
  );
});

test('thirty concurrent customers all get their portrait, and no request is rejected', async () => {
  const { clock, emulator, serveCustomer } = openShop({ latencyMs: 300 });
  const waits = await clock.run(() =>
    Promise.all(Array.from({ length: 30 }, () => serveCustomer())),
  );
  expect(Math.max(...waits)).toBeLessThan(5 * MINUTE);
  expect(emulator.requests.filter(({ reply }) => reply !== 200)).toEqual([]);
});

// Set up before every test file: n8n-workflow uses virtual time instead of its timers, and both clocks are virtual.
import { beforeEach, vi } from 'vitest';

import { clock, wallClock } from './fake-n8n.ts';

vi.mock('n8n-workflow', async (original: () => Promise<object>) => ({
  ...(await original()),
  sleep: clock.sleep,
}));

beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => clock.now() + wallClock.shiftMs);
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now());
});

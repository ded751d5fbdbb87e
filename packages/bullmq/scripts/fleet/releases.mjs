// Two releases with one queue: the state of a job may have a version that a process does not know.
import assert from 'node:assert/strict';
import { Queue } from 'bullmq';
import { jobId, queueName } from '../../dist/names.js';
import { release, takeProcesses } from './processes.mjs';
import { createEmulator, faultsOf, KEY, NONE, open, reloadAll, sleep } from './scenarios.mjs';

const MODELS = ['a'];
/** Longer than several looks at a job, and than several of its intervals. */
const LONG_MS = 6000;

/** A process leaves what a later release has saved as it is, and goes on once it finds a state that it knows. */
export async function checkReleases(host, connection) {
  const emulator = await createEmulator({ repeat: 'refused', loadTimeMs: 2 * LONG_MS });
  const processes = await takeProcesses(2);
  await open(processes, emulator, host);
  const calls = reloadAll(processes, {}, 0, MODELS);
  while ((await processes[0].ask('replied')) < 1) await sleep(20);
  const queue = new Queue(queueName(KEY, emulator.url), { connection });
  const find = () => queue.getJob(jobId({ modelId: 'a', imagePrompt: null, imageBaseModel: '' }));
  const job = await find();
  const known = job.progress;
  const unknown = { ...known, state: { v: 2, modelId: 'a', later: true } };
  // In the middle of a run, the run would replace it.
  while ((await job.getState()) === 'active') await sleep(5);
  await job.updateProgress(unknown);
  const sent = emulator.requests.length;
  await sleep(LONG_MS);
  assert.ok(emulator.requests.length <= sent + 1, 'a request was sent');
  assert.deepEqual((await find()).progress, unknown);
  await job.updateProgress(known);
  const results = await calls;
  await queue.close();
  await release(processes);
  await emulator.close();
  assert.deepEqual(faultsOf(results, emulator.requests), NONE);
  return `${emulator.requests.length} requests`;
}

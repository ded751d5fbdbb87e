import { expect, test } from 'vitest';
import { createRequest, KEY, LIST_PATH } from '../../test/requests.ts';
import { createEmulator, type EmulatorOptions } from '../index.ts';

const list = (data: unknown) => ({ status: 'success', messege: 'model list', data });

test.each<[NonNullable<EmulatorOptions['listShape']>, unknown]>([
  ['documented', list(['a', 'b'])],
  ['numbered', list({ 0: 'a', 2: 'b' })],
  ['objects', list([{ model_id: 'a' }, { model_id: 'b' }])],
  ['pages', list({ current_page: 1, data: ['a', 'b'], last_page: 1 })],
  ['nulls', list(['a', null, 'b', null])],
  ['bare', ['a', 'b']],
])('finetune_list returns the trained models, listShape %s', async (listShape, expected) => {
  const emulator = createEmulator({ models: ['a', 'b'], listShape });
  const { text } = await emulator.answer(createRequest(LIST_PATH, { key: KEY }));
  expect(JSON.parse(text)).toEqual(expected);
});

test('the documented shape is the default, even for an empty list', async () => {
  const { text } = await createEmulator().answer(createRequest(LIST_PATH, { key: KEY }));
  expect(JSON.parse(text)).toEqual(list([]));
});

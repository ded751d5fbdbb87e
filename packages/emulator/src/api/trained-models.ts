import type { EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import { createJson } from './replies.ts';

/** Creates the reply of `finetune_list`, in the documented shape or in one that PHP servers are known to send. */
export function createModelList({ models, listShape }: ResolvedOptions): EmulatorReply {
  return createJson(200, LIST_SHAPES[listShape](models));
}

type Shape = (modelIds: readonly string[]) => object;

// The vendor's misspelling.
const inData =
  (shape: Shape): Shape =>
  (ids) => ({ status: 'success', messege: 'model list', data: shape(ids) });

const LIST_SHAPES: Readonly<Record<ResolvedOptions['listShape'], Shape>> = {
  documented: inData((ids) => ids),
  // json_encode turns an array with gaps, such as a result of array_filter, into an object.
  numbered: inData((ids) => Object.fromEntries(ids.map((id, index) => [2 * index, id]))),
  objects: inData((ids) => ids.map((id) => ({ model_id: id }))),
  pages: inData((ids) => ({ current_page: 1, data: ids, last_page: 1 })),
  nulls: inData((ids) => ids.flatMap((id) => [id, null])),
  bare: (ids) => ids,
};

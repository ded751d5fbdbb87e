import type { EmulatorReply } from '../http/types.ts';
import type { ResolvedOptions } from '../options.ts';
import { createJson } from './replies.ts';

/** Creates the reply of `finetune_list`, in the documented shape or in one that PHP servers are known to send. */
export function createModelList({ models, listShape }: ResolvedOptions): EmulatorReply {
  switch (listShape) {
    case 'documented':
      return createList(models);
    case 'numbered':
      // json_encode makes an object of an array with gaps, such as array_filter leaves.
      return createList(Object.fromEntries(models.map((id, index) => [2 * index, id])));
    case 'objects':
      return createList(models.map((id) => ({ model_id: id })));
    case 'pages':
      return createList({ current_page: 1, data: models, last_page: 1 });
    case 'nulls':
      return createList(models.flatMap((id) => [id, null]));
    case 'bare':
      return createJson(200, models);
  }
}

function createList(data: object): EmulatorReply {
  // The misspelling is the vendor's.
  return createJson(200, { status: 'success', messege: 'model list', data });
}

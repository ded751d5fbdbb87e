import { callsOf, type Change } from '../state/change.ts';
import type { ImageTarget } from '../state/state.ts';

/**
 * Takes an image request from the budget of the call that pays for it: the first that joined and has something left.
 *
 * @returns false if none has
 */
export function payForImage({ state }: Change, target: ImageTarget): boolean {
  // An image that was requested is only fetched.
  if (target.pending !== null) return true;
  for (const { budget } of callsOf(state, target)) {
    const left = budget === null ? Infinity : (state.budgets[budget] ?? 0);
    if (left < 1) continue;
    target.paidBy = budget;
    if (budget !== null) state.budgets[budget] = left - 1;
    return true;
  }
  return false;
}

/** Takes an image request back that is not billed. */
export function refund({ state }: Change, target: ImageTarget): void {
  target.imageRequests--;
  if (target.paidBy !== null && target.paidBy in state.budgets) {
    state.budgets[target.paidBy] = (state.budgets[target.paidBy] ?? 0) + 1;
  }
  target.paidBy = null;
}

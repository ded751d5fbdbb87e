import { Target } from '../src/account/target.ts';
import type { Caller } from '../src/polling/caller.ts';

/** A target that sends no requests; the test sets its state. */
export class FakeTarget extends Target {
  override readonly isModel: boolean;
  isAccepted = false;

  constructor(isModel = true) {
    super();
    this.isModel = isModel;
  }

  isBeginning(): boolean {
    return !this.isAccepted;
  }

  request(): never {
    throw new Error('A fake target sends nothing.');
  }

  receive(): null {
    return null;
  }

  expire(): void {}

  /** Adds a caller that is never used. */
  addCaller(): Caller {
    const caller = {} as Caller;
    this.callers.add(caller);
    return caller;
  }
}

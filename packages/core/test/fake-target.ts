import { Target } from '../src/account/target.ts';
import type { Caller } from '../src/polling/caller.ts';

/** A target without requests, whose state a test sets. */
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

  /** Lets a caller wait for it; nobody reads who. */
  addCaller(): Caller {
    const caller = {} as Caller;
    this.callers.add(caller);
    return caller;
  }
}

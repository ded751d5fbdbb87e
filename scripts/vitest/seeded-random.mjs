// Set up before every test file: each test gets the same random numbers, such as the jitter of a client, so that no test
// passes only sometimes.
import { beforeEach } from 'vitest';

const SEED = 20_261_121;

/** Creates a generator of numbers between 0 and 1 (mulberry32), whose `state` can be reset. */
function createGenerator() {
  const random = () => {
    random.state = (random.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(random.state ^ (random.state >>> 15), 1 | random.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return random;
}

// One for all files of a process, because a module that an earlier file imported has a reference to it.
const random = 'state' in Math.random ? Math.random : createGenerator();
Math.random = random;
random.state = SEED;
beforeEach(() => {
  random.state = SEED;
});

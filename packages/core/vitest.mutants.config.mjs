import { defineConfig } from 'vitest/config';

// The tests next to the sources, and those in test/ that are quick and about the behavior of calls. The others would detect
// more mutants, but take many times as long.
export default defineConfig({
  test: {
    isolate: false,
    include: [
      'src/**/*.test.ts',
      'test/{broken-hosts,clocks,leaving,second-use,stalls-and-ages,steps,worker}.test.ts',
    ],
    exclude: [
      'src/**/*.property.test.ts',
      'src/engine.test.ts',
      'src/worker.test.ts',
      'src/transport/{tunnel,undici}.test.ts',
      'src/transport/contract.test.ts',
    ],
    // What takes long takes several times as long with all mutations in the source.
    testTimeout: 30_000,
  },
});

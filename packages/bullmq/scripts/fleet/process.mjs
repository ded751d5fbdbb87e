// One process of a fleet: does what its parent sends, and replies with the results. Its clock may be wrong.
const skewMs = Number(process.env.FLEET_SKEW_MS ?? 0);
if (skewMs !== 0) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length > 0 ? args : [RealDate.now() + skewMs]));
    }
    static now() {
      return RealDate.now() + skewMs;
    }
  };
}

let client = null;
/** Models about which the API has replied. */
let replied = new Set();

const commands = {
  async open({ entry, backend, ...options }) {
    const { createClient } = await import(entry);
    if (backend) options.backend = (await import('bullmq')).createPostgresBackend;
    client = createClient(options);
    replied = new Set();
  },

  /** Makes `callers` calls, 3 ms apart, for the models in turn. */
  async reload({ models, callers, delayMs = 0, options }) {
    await sleep(delayMs);
    const calls = Array.from({ length: callers }, async (_, n) => {
      await sleep(3 * n);
      const events = [];
      const onReply = ({ type, modelId, reason, status }) => {
        events.push(`${type} ${reason ?? status}`);
        if (type === 'reply') replied.add(modelId);
      };
      const end = await endOf(client.reload(models[n % models.length], { ...options, onReply }));
      return { ...end, events };
    });
    return Promise.all(calls);
  },

  async list({ ids, options }) {
    const outcomes = [];
    for await (const { error, evidence } of client.reloadMany(ids, options)) {
      outcomes.push({ code: error?.code ?? null, evidence });
    }
    return outcomes;
  },

  async replied() {
    return replied.size;
  },

  async close() {
    await client?.close?.();
  },
};

async function endOf(reloading) {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    const { evidence, requests } = await reloading;
    return { code: null, evidence, requests, ms: ms() };
  } catch (error) {
    return { code: error.code ?? String(error), message: error.message, ms: ms() };
  }
}

function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

process.on('message', ({ id, command, args }) => {
  commands[command](args).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, thrown: error.stack }),
  );
});
process.on('unhandledRejection', (error) => {
  process.stderr.write(`Unhandled rejection: ${error?.stack ?? error}\n`);
});
process.send('ready');

import { toPlainLine } from './text.mjs';

/**
 * Wraps a transport so that every exchange is recorded, without the key.
 *
 * @param {{ send: import('@modelslab-reload/core').Transport, redact: (text: string) => string, now: () => number,
 *   onExchange: (exchange: object) => void }} options `onExchange` receives each exchange when it has ended
 */
export function createRecorder({ send, redact, now, onExchange }) {
  const startedAt = now();
  const exchanges = [];

  /** Returns a transport for one part of the check; `hide` changes the recorded text. */
  function transportFor(part, hide = (text) => text) {
    return async (request, signal) => {
      const exchange = {
        part,
        sentAfterMs: Math.round(now() - startedAt),
        url: redact(request.url),
        body: redact(request.body),
      };
      exchanges.push(exchange);
      try {
        const reply = await send(request, signal);
        Object.assign(exchange, {
          status: reply.status,
          headers: Object.fromEntries(
            Object.entries(reply.headers).map(([name, value]) => [
              redact(name),
              redact(String(value)),
            ]),
          ),
          text: hide(redact(reply.text)),
        });
        return reply;
      } catch (error) {
        exchange.failed = toPlainLine(redact(`${error?.code ?? error?.name}: ${error?.message}`));
        throw error;
      } finally {
        exchange.tookMs = Math.round(now() - startedAt - exchange.sentAfterMs);
        onExchange(exchange);
      }
    };
  }

  return { exchanges, transportFor };
}

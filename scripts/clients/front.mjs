// The vendor's command line calls a newer path than the emulator's. This server only rewrites paths: under `/draw`, its
// image calls become those of the emulator; under `/reload`, its image request becomes a reload call, to show how it
// interprets each reply of the reload call.
import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';

const PATHS = [
  ['/draw/api/v7/images/text-to-image', '/api/v6/images/text2img'],
  ['/draw/api/v7/images/fetch/', '/api/v6/images/fetch/'],
  ['/reload/api/v7/images/text-to-image', '/api/v6/images/model_reload'],
];

/** Starts a server that forwards requests to the emulator. */
export async function startFront(emulatorUrl) {
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const [from, to] = PATHS.find(([path]) => request.url.startsWith(path)) ?? ['', ''];
    const url = new URL(request.url.replace(from, to), emulatorUrl);
    const sent = sendRequest(url, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

// An API over a socket that has a random fault for every third request; run as a process of its own. It counts the complete requests,
// and closes its port for a moment from time to time.
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { seeded } from '../../../../benchmarks/waiting/loads.mjs';

const random = seeded(Number(process.argv[2]));
const sockets = new Set();
const received = new Map();
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json';

function reply(socket, body, head = OK) {
  const bytes = Buffer.from(body);
  socket.write(`${head}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
  socket.write(bytes);
}

const PROCESSING = '{"status":"processing","message":"Model is reloading"}';
const SUCCESS = '{"status":"success","message":"Model reloaded"}';

// For one model. A full queue would pause all of them, and the soak would wait instead of sending.
const SPAM_FILTER =
  '{"status":"error","message":"spam filter is enabled, please wait for 1 seconds and try again"}';

const FAULTS = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
  (socket) => socket.end(`${OK}\r\ncontent-length: 99\r\n\r\n{"status":`),
  (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  (socket) => socket.write(`${OK}\r\nx: `),
  // Silence until the request timeout.
  () => {},
  (socket) => reply(socket, '<html>Bad Gateway</html>', 'HTTP/1.1 502 Bad Gateway'),
  (socket) => reply(socket, ''),
  (socket) => reply(socket, SPAM_FILTER, 'HTTP/1.1 429 Too Many Requests'),
  (socket) => {
    reply(socket, SUCCESS);
    setTimeout(() => socket.writable && reply(socket, SUCCESS), 5);
  },
  (socket) => reply(socket, gzipSync(SUCCESS), `${OK}\r\ncontent-encoding: gzip`),
  (socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${SUCCESS}`),
  (socket) => reply(socket, '{"status":"error","message":"Model not found"}', 'HTTP/1.1 404 X'),
];

function answer(socket) {
  const misbehave = FAULTS[Math.floor(random() * FAULTS.length)];
  const behave = () => socket.writable && reply(socket, random() < 0.5 ? PROCESSING : SUCCESS);
  if (random() < 1 / 3) misbehave(socket);
  else setTimeout(behave, random() * 60);
}

const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  let text = '';
  socket.on('data', (data) => {
    text += data;
    const [head] = /^[^]*?\r\n\r\n/.exec(text) ?? [];
    if (head === undefined) return;
    const end = head.length + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (text.length < end) return;
    const { model_id: id } = JSON.parse(text.slice(head.length, end));
    text = text.slice(end);
    received.set(id, (received.get(id) ?? 0) + 1);
    answer(socket);
  });
});

function listen(port) {
  server.listen(port, '127.0.0.1', () => process.send(server.address().port));
}
listen(0);
process.on('disconnect', () => process.exit());
const interrupting = setInterval(() => {
  const { port } = server.address() ?? {};
  if (port === undefined) return;
  // Its open connections remain.
  server.close();
  server.unref();
  setTimeout(() => server.listen(port, '127.0.0.1'), 150);
}, 9000);

process.on('message', (message) => {
  if (message === 'end') clearInterval(interrupting);
  process.send({ connections: sockets.size, received });
});

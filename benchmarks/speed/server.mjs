// A process of its own, so that its work is not counted: says 'success' to whatever it is asked.
import { createServer } from 'node:http';

const reply = JSON.stringify({ status: 'success', message: 'Model reloaded' });
const headers = { 'content-type': 'application/json', 'content-length': reply.length };

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, headers).end(reply));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`));
process.on('disconnect', () => process.exit());

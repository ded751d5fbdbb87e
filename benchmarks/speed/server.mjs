// Returns 'success' to every request, in a separate process, so that its work is not measured.
import { createServer } from 'node:http';

const reply = JSON.stringify({ status: 'success', message: 'Model reloaded' });
const headers = { 'content-type': 'application/json', 'content-length': reply.length };

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, headers).end(reply));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`));
process.on('disconnect', () => process.exit());

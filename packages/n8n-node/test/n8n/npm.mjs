// Simulates npm's public registry for n8n, with only the packages of a test. n8n rejects another registry without an
// enterprise license, so the test does not change n8n's settings. Instead, a proxy forwards this one host to a registry
// on this machine, and rejects all others.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as sendRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startRegistry } from '../../../../scripts/release/registry.mjs';
import { pack } from './pack.mjs';

const HOST = 'registry.npmjs.org';
/** Asynchronous, because a blocked process does not detect that a kept connection was closed. */
const run = promisify(execFile);

/**
 * Starts the registry and the proxy.
 *
 * @param folder for their files
 * @returns `env` for an n8n that uses them, `publish(version)`, `close()`
 */
export async function startNpm(folder) {
  const registry = await startRegistry(join(folder, 'registry'));
  const userConfig = join(folder, 'npmrc');
  const token = await registry.createToken();
  writeFileSync(userConfig, `//127.0.0.1:${registry.port}/:_authToken=${token}\n`);
  const tarball = pack(folder);
  const certificate = createCertificate(folder);
  const site = createTlsServer(certificate.options, (request, response) =>
    forward(registry.url, request, response),
  );
  const proxy = createServer((_request, response) => response.writeHead(403).end());
  proxy.on('connect', ({ url }, socket) => {
    socket.on('error', () => socket.destroy());
    if (url !== `${HOST}:443`) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    site.emit('connection', socket);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const proxyUrl = `http://127.0.0.1:${proxy.address().port}`;

  return {
    env: {
      HTTPS_PROXY: proxyUrl,
      https_proxy: proxyUrl,
      NODE_EXTRA_CA_CERTS: certificate.file,
      npm_config_cafile: certificate.file,
      npm_config_registry: `https://${HOST}/`,
      npm_config_cache: join(folder, 'npm-cache'),
    },
    publish: async (version) =>
      await publish({ folder: join(folder, version), tarball, registry, userConfig, version }),
    async close() {
      proxy.close();
      proxy.closeAllConnections();
      site.closeAllConnections();
      await registry.stop();
    },
  };
}

/** Publishes the packed node as this version; its requests contain the version. */
async function publish({ folder, tarball, registry, userConfig, version }) {
  mkdirSync(folder);
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  const manifestFile = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, version }));
  const built = join(folder, manifest.n8n.nodes[0]);
  const code = readFileSync(built, 'utf8');
  const userAgent = (one) => `modelslab-reload/${one}`;
  writeFileSync(built, code.replaceAll(userAgent(manifest.version), userAgent(version)));
  const flags = ['--ignore-scripts', `--registry=${registry.url}`, `--userconfig=${userConfig}`];
  await run('npm', ['publish', ...flags], { cwd: folder });
}

/** Creates a self-signed certificate for the registry's name. */
function createCertificate(folder) {
  const file = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', file, '-days', '2', ...subject], {
    stdio: 'ignore',
  });
  return { file, options: { key: readFileSync(keyFile), cert: readFileSync(file) } };
}

/** Forwards a request. The registry derives the URLs of its tarballs from these headers. */
function forward(registryUrl, request, response) {
  const { method, headers, url } = request;
  const forwarded = { ...headers, host: HOST, 'x-forwarded-proto': 'https' };
  const options = { method, headers: forwarded };
  const sent = sendRequest(new URL(url, registryUrl), options, (reply) => {
    response.writeHead(reply.statusCode, reply.headers);
    reply.pipe(response);
  });
  sent.on('error', () => response.destroy());
  request.pipe(sent);
}

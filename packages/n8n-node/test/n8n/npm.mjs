// npm's public registry as n8n sees it, with only what a test publishes. n8n refuses another registry without an
// enterprise license, so the test leaves n8n's settings alone and stands in the network instead: a proxy that leads
// this one host to a registry on this machine, and nothing else to anywhere.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as sendRequest } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';

import { startRegistry } from '../../../../scripts/release/registry.mjs';
import { pack } from './pack.mjs';

const HOST = 'registry.npmjs.org';

/**
 * Starts the registry and the proxy.
 *
 * @param folder for what they store
 * @returns `env` for an n8n that uses them, `publish(version)`, `close()`
 */
export async function startNpm(folder) {
  const registry = await startRegistry(join(folder, 'registry'));
  const userConfig = join(folder, 'npmrc');
  const token = await registry.createToken();
  writeFileSync(userConfig, `//127.0.0.1:${registry.port}/:_authToken=${token}\n`);
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
    publish: (version) => publish({ folder, registry, userConfig, version }),
    async close() {
      proxy.close();
      proxy.closeAllConnections();
      site.closeAllConnections();
      await registry.stop();
    },
  };
}

/** Publishes the built node as this version; its requests name the version as well. */
function publish({ folder, registry, userConfig, version }) {
  const unpacked = join(folder, `package-${version}`);
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', pack(folder), '-C', unpacked, '--strip-components=1']);
  const manifestFile = join(unpacked, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, version }));
  const built = join(unpacked, manifest.n8n.nodes[0]);
  const agent = `modelslab-reload/${manifest.version}`;
  writeFileSync(
    built,
    readFileSync(built, 'utf8').replaceAll(agent, `modelslab-reload/${version}`),
  );

  execFileSync(
    'npm',
    ['publish', '--ignore-scripts', `--registry=${registry.url}`, `--userconfig=${userConfig}`],
    { cwd: unpacked, stdio: 'ignore' },
  );
}

/** Makes a certificate for the registry's name, which is its own authority. */
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

/** Passes a request on. The registry makes the addresses of its tarballs from these headers. */
function forward(registryUrl, request, response) {
  const { method, headers, url } = request;
  const forwarded = { ...headers, host: HOST, 'x-forwarded-proto': 'https' };
  // A connection of its own: this process is blocked while it packs, and would not see that a kept one was closed.
  const options = { method, headers: forwarded, agent: false };
  const sent = sendRequest(new URL(url, registryUrl), options, (reply) => {
    response.writeHead(reply.statusCode, reply.headers);
    reply.pipe(response);
  });
  sent.on('error', () => response.destroy());
  request.pipe(sent);
}

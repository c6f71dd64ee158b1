import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const DEFAULT_DIST = fileURLToPath(new URL('../../../web/dist', import.meta.url));

const NOTICE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley</title>
<body><h1>Parley is running</h1><p>The web client is not built. Run <code>npm run build:web</code> and start again; bots and other clients can connect as it is.</p></body></html>
`;

export type WebClient = (request: IncomingMessage, response: ServerResponse) => void;

/** The built web client, each unknown path as its start page; a notice where it is not built. */
export const createWebClient = (dist: string = DEFAULT_DIST): WebClient => {
  const built = existsSync(join(dist, 'index.html'));
  const serve = built
    ? sirv(dist, {
      single: true,
      etag: true,
      gzip: true,
      brotli: true,
      setHeaders: (response, path) => {
        // Only what the build has put a hash of the content into the name of may be kept.
        response.setHeader('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    })
    : null;
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const notFound = (): void => void response.writeHead(404, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end('not found\n');
    if (serve) serve(request, response, notFound);
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(request.method === 'HEAD' ? '' : NOTICE);
  };
};

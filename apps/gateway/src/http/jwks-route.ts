import type { IncomingMessage, ServerResponse } from 'node:http';
import { JWKS_PATH } from '@parley/protocol';
import type { Sessions } from '../sessions/session.ts';

/** How long others may keep our keys, seconds: less than a new key is among them before it signs. */
const KEEP_SECONDS = 300;

/** The public keys of session tokens, for whoever wants to verify them: true if this is what was asked for. */
export const createJwksRoute = (sessions: Pick<Sessions, 'publicKeys'>) => (request: IncomingMessage, response: ServerResponse): boolean => {
  if (request.url?.split('?', 1)[0] !== JWKS_PATH) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return true;
  }
  const text = JSON.stringify(sessions.publicKeys());
  response.writeHead(200, {
    'content-type': 'application/jwk-set+json', 'content-length': Buffer.byteLength(text), 'cache-control': `public, max-age=${KEEP_SECONDS}`,
    // They are public, to pages too.
    'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin',
  }).end(request.method === 'HEAD' ? '' : text);
  return true;
};

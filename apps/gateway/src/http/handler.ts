import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { SESSION_PATH, wireError } from '@parley/protocol';
import type { Health } from '@parley/runtime';
import { sendError, sendJson } from './session-route.ts';
import type { WebClient } from './web-client.ts';

export type HttpParts = {
  health: Health;
  /** False if it is for someone else. */
  jwks: (request: IncomingMessage, response: ServerResponse) => boolean;
  openSession: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  web: WebClient;
};

/** Everything but Socket.IO, which takes its own path before this is asked. */
export const createHttpHandler = ({ health, jwks, openSession, web }: HttpParts): RequestListener => (request, response) => {
  if (health.handle(request, response) || jwks(request, response)) return;
  const path = request.url?.split('?', 1)[0] ?? '/';
  if (path === SESSION_PATH) {
    if (request.method === 'POST' || request.method === 'OPTIONS') void openSession(request, response);
    else sendJson(response, 405, { ok: false, error: wireError('bad_request', 'POST only') }, { allow: 'POST' });
  } else if (path.startsWith('/api/')) {
    sendJson(response, 404, { ok: false, error: wireError('bad_request', 'nothing is here') });
  } else {
    try {
      web(request, response);
    } catch {
      // A path that is not well-formed percent-encoding.
      sendError(response, wireError('bad_request'));
    }
  }
};

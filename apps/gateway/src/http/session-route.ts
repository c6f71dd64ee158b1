import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtocolError, SESSION_PATH, sessionRequestSchema, type ErrorCode, type SessionResponse, type WireError } from '@parley/protocol';
import { newUserId, type RateLimiter, type Store } from '@parley/domain';
import type { Addresses } from '../limits/addresses.ts';
import { requireName } from '../rules/hold.ts';
import type { RulesInForce } from '../rules/rules-in-force.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { FailureOf } from '../socket/failures.ts';
import { PREFLIGHT, type Origins } from './origins.ts';
import { readJson } from './read-json.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  bad_request: 400, guests_disabled: 403, foreign_origin: 403, content_refused: 403, too_large: 413, rate_limited: 429, internal: 500, unavailable: 503, shutting_down: 503,
};

export const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text), ...headers,
  }).end(text);
};

export const sendError = (response: ServerResponse, error: WireError): void =>
  sendJson(response, STATUS[error.code] ?? 400, { ok: false, error }, {
    ...(error.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }),
    // What is left of a body nobody will read must not be taken for the next request.
    ...(error.code === 'too_large' ? { connection: 'close' } : {}),
  });

export type SessionRouteOptions = { sessions: Sessions; origins: Origins; store: Store; rules: RulesInForce; addresses: Addresses; limiter: RateLimiter; guests: boolean; failureOf: FailureOf };

/** `POST /api/session { name }`: a new user and a token for it, where guests are enabled. */
export const createSessionRoute = ({ sessions, origins, store, rules, addresses, limiter, guests, failureOf }: SessionRouteOptions) => {
  const open = async (request: IncomingMessage): Promise<SessionResponse> => {
    if (origins.areForeignTo(request)) throw new ProtocolError('foreign_origin');
    if (!guests) throw new ProtocolError('guests_disabled');
    const address = addresses.keyOf(request);
    const decision = address === null ? { ok: true as const } : await limiter.take([{ limit: 'address_sign_ins', key: address }]);
    if (!decision.ok) throw new ProtocolError('rate_limited', 'too many sign-ins from this address', { retryAfterMs: decision.retryAfterMs });
    const parsed = sessionRequestSchema.safeParse(await readJson(request));
    if (!parsed.success) throw new ProtocolError('bad_request', `name: ${parsed.error.issues[0]?.message ?? 'invalid'}`);
    const user = { id: newUserId(), name: parsed.data.name };
    requireName(rules, user.id, user.name);
    await store.createUser(user);
    return { ...sessions.issue(user, parsed.data.deviceId), user };
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(origins.corsOf(request))) response.setHeader(name, value);
    if (request.method === 'OPTIONS' && !origins.areForeignTo(request)) {
      response.writeHead(204, { ...PREFLIGHT, allow: 'POST' }).end();
      return;
    }
    try {
      sendJson(response, 200, await open(request));
    } catch (error) {
      sendError(response, failureOf(error, SESSION_PATH));
    }
  };
};

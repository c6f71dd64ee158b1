import { SESSION_PATH, sessionResponseSchema } from '@parley/protocol';
import { errorFromWire, localError } from './errors.ts';
import type { Session } from './options.ts';

/**
 * A new guest of this name, where the server lets guests in. Each call makes another user: keep the session.
 * Rejects with a `ChatError`: `guests_disabled`, `bad_request`, `rate_limited`, `timeout`, `offline`, …
 */
export const signIn = async (options: { url: string; name: string; timeoutMs?: number }): Promise<Session> => {
  const { url, name, timeoutMs = 10_000 } = options;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(new URL(SESSION_PATH, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw localError('malformed', 'the answer is not JSON', error);
    throw localError(error instanceof DOMException && error.name === 'TimeoutError' ? 'timeout' : 'offline', undefined, error);
  }
  if (!response.ok) throw errorFromWire(typeof body === 'object' && body !== null ? (body as { error?: unknown }).error : undefined);
  const session = sessionResponseSchema.safeParse(body);
  if (!session.success) throw localError('malformed', 'the answer is not a session', session.error);
  return session.data;
};

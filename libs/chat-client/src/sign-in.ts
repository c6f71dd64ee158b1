import { SESSION_PATH, sessionResponseSchema, type DeviceId } from '@parley/protocol';
import { ulid } from 'ulid';
import { errorFromWire, localError } from './errors.ts';
import type { Session } from './options.ts';

/** What the user knows as one device: make one once, keep it, and give it at each sign-in. */
export const newDeviceId = (): DeviceId => ulid() as DeviceId;

/**
 * A new guest of this name, where the server lets guests in. Each call makes another user: keep the session.
 * Rejects with a `ChatError`: `guests_disabled`, `bad_request`, `rate_limited`, `timeout`, `offline`, …
 */
export const signIn = async (options: { url: string; name: string; deviceId?: DeviceId; timeoutMs?: number }): Promise<Session> => {
  const { url, name, deviceId, timeoutMs = 10_000 } = options;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(new URL(SESSION_PATH, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, deviceId }),
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

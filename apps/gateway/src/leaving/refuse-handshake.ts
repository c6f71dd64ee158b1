import { ServerResponse, type IncomingMessage } from 'node:http';
import type { ErrorCode, WireError } from '@parley/protocol';

/** What Engine.IO hands to its middleware: a real response, or for a WebSocket a stand-in that cannot carry one. */
type Response = ServerResponse | object;

const STATUS: Partial<Record<ErrorCode, [number, string]>> = { rate_limited: [429, 'Too Many Requests'], foreign_origin: [403, 'Forbidden'] };

/**
 * Answers a handshake before anything is made for it: 429 to who asks too often, 403 to pages of elsewhere, else 503. At the latter the proxy tries another
 * gateway, and a client on its own comes again after `retryAfterMs`.
 */
export const refuseHandshake = (request: IncomingMessage, response: Response, error: WireError): void => {
  const [status, reason] = STATUS[error.code] ?? [503, 'Service Unavailable'];
  const body = JSON.stringify({ ok: false, error });
  const headers = {
    'content-type': 'application/json; charset=utf-8', 'content-length': `${Buffer.byteLength(body)}`, 'cache-control': 'no-store', connection: 'close',
    ...(error.retryAfterMs === undefined ? {} : { 'retry-after': `${Math.ceil(error.retryAfterMs / 1_000)}` }),
  };
  if (response instanceof ServerResponse) {
    response.writeHead(status, headers).end(body);
    return;
  }
  const { socket } = request;
  socket.on('error', () => socket.destroy());
  socket.write(`HTTP/1.1 ${status} ${reason}\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
  // Without waiting for the other side to close too.
  socket.destroySoon();
};

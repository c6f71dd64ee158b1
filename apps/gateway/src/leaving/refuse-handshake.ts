import { ServerResponse, type IncomingMessage } from 'node:http';

/** What Engine.IO hands to its middleware: a real response, or for a WebSocket a stand-in that cannot carry one. */
type Response = ServerResponse | object;

/**
 * Answers a handshake 503 before anything is made for it. The proxy then tries another gateway, and a client on its own comes
 * again after `retryAfterMs`.
 */
export const refuseHandshake = (request: IncomingMessage, response: Response, retryAfterMs: number): void => {
  const retryAfter = `${Math.ceil(retryAfterMs / 1_000)}`;
  if (response instanceof ServerResponse) {
    response.writeHead(503, { 'retry-after': retryAfter, connection: 'close' }).end();
    return;
  }
  request.socket.on('error', () => request.socket.destroy());
  request.socket.end(`HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${retryAfter}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

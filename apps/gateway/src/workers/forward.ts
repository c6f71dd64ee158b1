import { request as httpRequest, type Agent, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Of one connection, not of the request: RFC 9110, 7.6.1. `expect` was answered when the request came in. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect']);

const endToEnd = (headers: IncomingMessage['headers']): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

/** As Engine.IO answers for a session that is gone, which this one is: the client connects anew. */
const sessionIsGone = (response: ServerResponse): void => {
  response.writeHead(400, { 'content-type': 'application/json' }).end('{"code":1,"message":"Session ID unknown"}');
};

/** Has a request answered by whoever listens on the Unix socket `door`. Both directions wait for whoever reads slower. */
export const forwardRequest = (agent: Agent, door: string, request: IncomingMessage, response: ServerResponse): void => {
  const { method, url: path } = request;
  const onward = httpRequest({ agent, socketPath: door, method, path, headers: endToEnd(request.headers) }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', () => {
    if (response.headersSent) response.destroy();
    else sessionIsGone(response);
  });
  request.on('error', () => onward.destroy());
  // A long poll that is given up ends there too.
  response.on('close', () => onward.destroy());
  request.pipe(onward);
};

/** Lets whoever listens on `door` have a connection that wants to be a WebSocket, as it came. */
export const forwardUpgrade = (door: string, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const { method = 'GET', url = '/', rawHeaders } = request;
  const onward = connect(door);
  const end = (): void => {
    socket.destroy();
    onward.destroy();
  };
  for (const side of [socket, onward]) side.on('error', end).on('close', end);
  const headers = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}\r\n`] : []));
  // As Node reads them: a byte is a character.
  onward.write(`${method} ${url} HTTP/1.1\r\n${headers.join('')}\r\n`, 'latin1');
  onward.write(head);
  socket.pipe(onward).pipe(socket);
};

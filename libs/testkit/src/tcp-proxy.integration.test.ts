import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { waitFor } from './wait-for.ts';

type Heard = { socket: Socket; text: string; ended: boolean };
const hearing = (socket: Socket): Heard => {
  const heard: Heard = { socket, text: '', ended: false };
  socket.on('data', (piece: Buffer) => { heard.text += piece.toString(); });
  socket.on('close', () => { heard.ended = true; });
  socket.on('error', () => {});
  return heard;
};

let proxy: TcpProxy;
const accepted: Heard[] = [];
beforeEach(async () => {
  accepted.length = 0;
  const server = createServer((socket) => accepted.push(hearing(socket))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  proxy = await startTcpProxy({ port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
});
/** Both ends of one connection through the proxy. */
const pair = async (): Promise<{ client: Heard; server: Heard }> => {
  const before = accepted.length;
  const client = hearing(connect(proxy.port, '127.0.0.1'));
  await waitFor('the server to be connected', () => accepted.length > before);
  return { client, server: accepted[before]! };
};

test('what passes arrives in order, both ways, and the end of it too', async () => {
  const { client, server } = await pair();
  for (let n = 0; n < 100; n += 1) client.socket.write(`${n},`);
  server.socket.write('hello');
  await waitFor('all of it', () => server.text.endsWith('99,') && client.text === 'hello');
  expect(server.text).toBe(Array.from({ length: 100 }, (_, n) => `${n},`).join(''));
  client.socket.end();
  await waitFor('the end', () => server.ended);
});

test('what is held back in one direction arrives when it is released, and the other direction goes on', async () => {
  const { client, server } = await pair();
  proxy.hold('up');
  client.socket.write('one');
  server.socket.write('down');
  await waitFor('the other direction', () => client.text === 'down');
  client.socket.write(' two');
  expect(server.text).toBe('');
  proxy.release();
  await waitFor('what was held', () => server.text === 'one two');
});

test('what is forgotten never arrives, and its connection has gone', async () => {
  const [{ client, server }, other] = [await pair(), await pair()];
  const seen = new Promise<void>((resolve) => { proxy.onData = () => resolve(); });
  proxy.hold('up');
  client.socket.write('never');
  await seen;
  await waitFor('the connection to go', () => {
    proxy.forget();
    return client.ended && server.ended;
  });
  proxy.release();
  other.client.socket.write('heard');
  await waitFor('another connection to go on', () => other.server.text === 'heard');
  expect(server.text).toBe('');
});

test('a delay is one, and keeps the order', async () => {
  const { client, server } = await pair();
  const seen = new Promise<void>((resolve) => { proxy.onData = () => resolve(); });
  proxy.delay(200);
  const began = performance.now();
  client.socket.write('slow');
  await seen;
  await new Promise((resolve) => setImmediate(resolve));
  proxy.delay(0);
  client.socket.write(' and after it');
  await waitFor('both', () => server.text === 'slow and after it');
  expect(performance.now() - began).toBeGreaterThan(150);
});

test('a cut ends what stands and lets new ones come; a refusal lets none come until it is over', async () => {
  const first = await pair();
  proxy.cut();
  await waitFor('both ends to know', () => first.client.ended && first.server.ended);
  await pair();
  proxy.refuse();
  const refused = hearing(connect(proxy.port, '127.0.0.1'));
  await waitFor('the refusal', () => refused.ended);
  proxy.allow();
  await pair();
  expect(proxy.connections).toBe(1);
});

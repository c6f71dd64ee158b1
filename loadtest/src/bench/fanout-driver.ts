/**
 * The load of the fan-out bench, in a process of its own so that its CPU time is not counted: `listeners` sockets in one
 * room, one of which sends at a fixed rate, or each message when everyone has the one before. Arguments as one JSON object;
 * prints a report as JSON; on standard output `ready` when all listen, and then waits for a line on standard input before it sends.
 */
import { once } from 'node:events';
import { SESSION_PATH, type SessionResponse } from '@parley/protocol';
import { waitUntil } from '@parley/servers';
import { RawSocket } from '@parley/testkit/raw-socket';

type Options = { urls: string[]; bare: boolean; listeners: number; perSecond: number; seconds: number; bodyBytes: number; oneByOne?: boolean };
type Sent = { ok: boolean };

const options = JSON.parse(process.argv[2]!) as Options;
const urlOf = (n: number): string => options.urls[n % options.urls.length]!;

const session = async (url: string, name: string): Promise<object> => {
  if (options.bare) return {};
  const response = await fetch(`${url}${SESSION_PATH}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
  return { token: ((await response.json()) as SessionResponse).token };
};

const sender = await RawSocket.open(urlOf(0), await session(urlOf(0), 'bench'));
let roomId = 'bench';
if (!options.bare) {
  const created = await sender.call<{ ok: boolean; room: { id: string } }>('room:create', { kind: 'public', name: 'bench', cmid: `bench-${Date.now()}` });
  roomId = created.room.id;
} else {
  await sender.call('room:join', { roomId });
}

/** Events of messages only: each holds this once. */
const MARK = '"type":"message.created"';
const countMarks = (packet: string): number => {
  let count = 0;
  for (let at = packet.indexOf(MARK); at >= 0; at = packet.indexOf(MARK, at + MARK.length)) count += 1;
  return count;
};
let delivered = 0;
let packets = 0;
const listen = (socket: RawSocket): void => {
  socket.onEvent = (packet) => {
    const messages = countMarks(packet);
    delivered += messages;
    if (messages > 0) packets += 1;
  };
};
listen(sender);
const sockets = [sender];
for (let n = 1; n < options.listeners; n += 50) {
  const batch = Array.from({ length: Math.min(50, options.listeners - n) }, async (_, k) => {
    const url = urlOf(n + k);
    const socket = await RawSocket.open(url, await session(url, `bench ${n + k}`));
    const joined = await socket.call<{ ok: boolean }>('room:join', { roomId });
    if (!joined.ok) throw new Error(`could not join: ${JSON.stringify(joined)}`);
    listen(socket);
    sockets.push(socket);
  });
  await Promise.all(batch);
}
console.log('ready');
await once(process.stdin, 'data');

const body = 'x'.repeat(options.bodyBytes);
const total = options.perSecond * options.seconds;
const latencies: number[] = [];
let failed = 0;
const started = performance.now();
const say = async (n: number): Promise<void> => {
  const at = performance.now();
  const answer = await sender.call<Sent>('message:send', { roomId, cmid: `m-${started}-${n}`.replaceAll('.', '_'), body });
  latencies.push(performance.now() - at);
  if (!answer.ok) failed += 1;
};
if (options.oneByOne) {
  for (let n = 0; n < total; n += 1) {
    await say(n);
    await waitUntil(() => delivered >= (n + 1 - failed) * options.listeners, 20_000, 2);
  }
} else {
  await Promise.all(Array.from({ length: total }, async (_, n) => {
    await new Promise((resolve) => setTimeout(resolve, (n * 1000) / options.perSecond));
    await say(n);
  }));
}
const expected = (total - failed) * options.listeners;
await waitUntil(() => delivered >= expected, 20_000);
const sorted = latencies.toSorted((a, b) => a - b);
console.log(JSON.stringify({ delivered, packets, expected, failed, ackP50Ms: sorted[Math.floor(sorted.length / 2)], ackP99Ms: sorted[Math.floor(sorted.length * 0.99)] }));
for (const socket of sockets) socket.close();
process.exit(delivered === expected ? 0 : 1);

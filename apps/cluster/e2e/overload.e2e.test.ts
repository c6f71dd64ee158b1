/** Too much of everything, against one gateway behind HAProxy: those who behave are served all the while. */
import { randomUUID } from 'node:crypto';
import type { RoomId } from '@parley/protocol';
import { afterTests, waitFor } from '@parley/testkit';
import { openBareSockets, UPGRADE_REQUEST, type BareSockets } from '@parley/testkit/bare-sockets';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { startPollFlood } from '@parley/testkit/poll-flood';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';

const cleanup = afterTests();

/** How soon a message must be acked and heard while the gateway is under load; the machine is slow, and so are we. */
const SOON_MS = 10_000;
const STRANGERS = 8_000;

let fleet: Fleet;
let [ada, bob] = [] as unknown as [Client, Client];
let roomId: RoomId;
beforeAll(async () => {
  fleet = await startFleet({ gateways: 1, env: { SEND_RATE: '10000', SEND_BURST: '10000' }, cleanup });
  [ada, bob] = [await connect(fleet.url, await openSession(fleet.url, 'Ada')), await connect(fleet.url, await openSession(fleet.url, 'Bob'))];
  cleanup(() => { for (const { socket } of [ada, bob]) socket.close(); });
  ({ id: roomId } = (await ada.must('room:create', { kind: 'public', name: 'lobby', cmid: randomUUID() })).room);
  await bob.must('room:join', { roomId });
});

const gateway = () => fleet.gateways[0]!;
const say = (body: string) => ada.must('message:send', { roomId, cmid: randomUUID(), body });
const hears = (client: Client, body: string): boolean => client.events().some((event) => event.type === 'message.created' && event.data.body === body);

/** Milliseconds from a send until it was heard, the slowest of a few. */
const slowest = async (count = 10): Promise<number> => {
  let worst = 0;
  for (let n = 0; n < count; n += 1) {
    const body = randomUUID();
    const began = performance.now();
    await say(body);
    await waitFor('it to be heard', () => hears(bob, body), { deadlineMs: 60_000, intervalMs: 2 });
    worst = Math.max(worst, performance.now() - began);
  }
  return worst;
};

/** They stay open. */
const crowdOf = async (count: number, text: string): Promise<BareSockets> => {
  const sockets = await openBareSockets(fleet.haproxy.port, count, text);
  onTestFinished(() => sockets.close());
  return sockets;
};

afterEach(async () => {
  await waitFor('the strangers to be gone', async () => (await gateway().metric('handshakes')) === 0, { deadlineMs: 30_000 });
  expect(gateway().isRunning).toBe(true);
});

it(`${STRANGERS} sockets that never authenticate leave the others served, new ones let in, and are closed`, async () => {
  const strangers = await crowdOf(STRANGERS, UPGRADE_REQUEST);
  await waitFor('many to be there', async () => (await gateway().metric('handshakes')) > 100, { deadlineMs: 30_000 });
  expect(await slowest()).toBeLessThan(SOON_MS);
  const eve = await connect(fleet.url, await openSession(fleet.url, 'Eve'));
  await eve.must('room:join', { roomId });
  eve.socket.close();
  await waitFor('all to be closed', () => strangers.open === 0, { deadlineMs: 60_000 });
  expect(ada.socket.connected && bob.socket.connected).toBe(true);
});

it('requests that are never finished are given up', async () => {
  const slow = await crowdOf(500, 'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Ty');
  expect(await slowest()).toBeLessThan(SOON_MS);
  await waitFor('all to be closed', () => slow.open === 0, { deadlineMs: 45_000 });
});

it('a flood of polls, of no session, of unknown ones and of one that is there, disturbs nobody', async () => {
  const flood = await startPollFlood(fleet.url);
  const worst = await slowest(20);
  const answers = await flood.stop();
  expect(answers.get(400)).toBeGreaterThan(50);
  expect(worst).toBeLessThan(SOON_MS);
});


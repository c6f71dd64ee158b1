import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { waitFor } from '@parley/testkit';
import { connect, openSession } from '@parley/testkit/wire-client';
import { createRig, metric, roomOf, say, type Node } from '../testing/rig.ts';

const POLLING = '/socket.io/?EIO=4&transport=polling';
const handshake = (node: Node) => fetch(node.url + POLLING);

/** A WebSocket on which Engine.IO has answered, and nobody signs in. */
const stranger = async (node: Node): Promise<{ socket: WebSocket; heard: string[]; closed: Promise<void> }> => {
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => socket.terminate());
  const heard: string[] = [];
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => { socket.on('close', () => resolve()); });
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  await waitFor('the handshake', () => heard.some((packet) => packet.startsWith('0{')) || socket.readyState === WebSocket.CLOSED);
  return { socket, heard, closed };
};

describe('connections that do not sign in', () => {
  it('are bounded: more are refused before anything is made for them, and who has signed in is served', async () => {
    const node = await createRig().node({ settings: { admission: { handshakes: 3 } } });
    const ada = await node.guest('Ada');
    const { roomId } = await roomOf(ada);
    await Promise.all([stranger(node), stranger(node)]);
    expect((await handshake(node)).status).toBe(200);
    const refused = await handshake(node);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ ok: false, error: { code: 'busy', retryable: true } });
    const { heard } = await stranger(node);
    expect(heard).toEqual([]);
    expect(await metric(node, 'handshakes')).toBe(3);
    expect(await metric(node, 'connections_refused_total')).toBe(2);
    await say(ada, roomId, 'nobody disturbs us');
  });

  it('are closed after a while, also those that are not asked for anything', async () => {
    const node = await createRig().node({ settings: { admission: { handshakes: 3, signInMs: 200 } } });
    const [one, other] = await Promise.all([stranger(node), stranger(node)]);
    await handshake(node);
    await Promise.all([one.closed, other.closed]);
    await waitFor('the one that polls to be gone too', async () => (await metric(node, 'handshakes')) === 0);
    await node.guest('Ada');
  });

  it('are hung up on once their token was refused, after they were told', async () => {
    const node = await createRig().node();
    const { socket, heard, closed } = await stranger(node);
    socket.send('40{"token":"nonsense"}');
    await closed;
    expect(heard.at(-1)).toContain('unauthenticated');
  });

  it('are bounded also where they name an empty session, which is none', async () => {
    const node = await createRig().node({ settings: { admission: { handshakes: 1 } } });
    await stranger(node);
    expect((await fetch(`${node.url}${POLLING}&sid=`)).status).toBe(503);
  });
});

describe('a connection', () => {
  it('asks once to be let in: what follows in the same request costs nothing', async () => {
    const node = await createRig().node();
    const opened = await (await handshake(node)).text();
    const session = `${node.url}${POLLING}&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`;
    await fetch(session, { method: 'POST', body: Array.from({ length: 5_000 }, () => '40{"token":"x"}').join('\x1e') });
    await waitFor('it to be gone', async () => (await metric(node, 'handshakes')) === 0);
    expect((await fetch(session)).status).toBe(400);
    expect(await metric(node, 'connections_refused_total')).toBeLessThanOrEqual(2);
  });

  it('takes one place of those who are let in, however often it asks', async () => {
    const node = await createRig().node({ settings: { admission: { acceptRate: 1 } } });
    const { token } = await openSession(node.url, 'Ada');
    await node.guest('First');
    const { socket, closed } = await stranger(node);
    for (let n = 0; n < 5; n += 1) socket.send(`40${JSON.stringify({ token })}`);
    await closed;
    expect(await metric(node, 'sockets')).toBe(1);
  });

  it.each(['40/elsewhere,', '40/elsewhere,{"token":"x"}'])('that asks for what is not there is closed: %s', async (packet) => {
    const node = await createRig().node({ settings: { admission: { signInMs: 60_000 } } });
    const { socket, closed } = await stranger(node);
    socket.send(packet);
    await closed;
  });

  it('ends with its session: who signs out does not stay, nor comes in again on it', async () => {
    const node = await createRig().node();
    const { token } = await openSession(node.url, 'Ada');
    const { socket, heard, closed } = await stranger(node);
    socket.send(`40/,${JSON.stringify({ token })}`);
    await waitFor('to be let in', () => heard.some((packet) => packet.startsWith('40{')));
    socket.send('41');
    await closed;
    expect(await metric(node, 'sockets')).toBe(0);
  });
});

describe('more clients than can be let in', () => {
  it('wait their turn, and those for whom it is too long come again when told', async () => {
    const node = await createRig().node({ settings: { admission: { acceptRate: 2 } } });
    const session = await openSession(node.url, 'Ada');
    const outcomes = await Promise.allSettled(Array.from({ length: 15 }, () => connect(node.url, session)));
    const connected = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    onTestFinished(() => { for (const { socket } of connected) socket.close(); });
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error & { data?: unknown }] : []));
    // One at once, ten wait for up to five seconds.
    expect(connected.length).toBeGreaterThanOrEqual(11);
    expect(refused.length).toBeGreaterThan(0);
    for (const { data } of refused) {
      expect(data).toMatchObject({ code: 'busy', retryable: true });
      expect((data as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(2_500);
    }
    expect(new Set(refused.map(({ data }) => (data as { retryAfterMs: number }).retryAfterMs)).size).toBeGreaterThan(1);
  });
});

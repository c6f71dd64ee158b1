import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '@parley/testkit';
import { bodiesOf, createRig, metric, roomOf, say } from '../testing/rig.ts';
import { readsTooSlowly } from './caretaker.ts';

const conn = (packets: number, bytes: number, inTransport = 0) =>
  ({ writeBuffer: Array.from({ length: packets }, () => ({ data: 'x'.repeat(bytes) })), transport: { socket: { bufferedAmount: inTransport } } });

describe('a reader that does not read', () => {
  it('is cut off though it answers pings, and the others hear everything', async () => {
    const node = await createRig().node();
    const [ada, bob] = [await node.guest('Ada'), await node.guest('Bob')];
    const { roomId } = await roomOf(ada, bob);
    const { ws } = (bob.socket.io.engine as unknown as { transport: { ws: { _socket: Socket; send(packet: string): void } } }).transport;
    ws._socket.pause();
    // The answer to a ping, whether it was read or not.
    const pongs = setInterval(() => ws.send('3'), 50);
    onTestFinished(() => clearInterval(pongs));
    let said = 0;
    await waitFor('the slow one to be cut off', async () => {
      await Promise.all(Array.from({ length: 50 }, () => say(ada, roomId, 'x'.repeat(16_000))));
      said += 50;
      return (await metric(node, 'slow_readers_total')) > 0;
    }, { deadlineMs: 20_000, intervalMs: 1 });
    await waitFor('its socket to be gone', async () => (await metric(node, 'sockets')) === 1);
    await waitFor('the others to have all', () => bodiesOf(ada).length === said);
    expect(ada.socket.connected).toBe(true);
  });

  it('is told by what waits for it, in packets and in bytes', () => {
    expect(readsTooSlowly(conn(0, 0))).toBe(false);
    expect(readsTooSlowly(conn(1_000, 100))).toBe(false);
    expect(readsTooSlowly(conn(5_000, 1))).toBe(true);
    expect(readsTooSlowly(conn(100, 50_000))).toBe(true);
    expect(readsTooSlowly(conn(0, 0, 5 * 1024 * 1024))).toBe(true);
    expect(readsTooSlowly(conn(20, 300_000))).toBe(true);
    expect(readsTooSlowly({ writeBuffer: [], transport: {} })).toBe(false);
  });
});

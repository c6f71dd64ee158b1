/** Standalone's data grows up: a cluster on the same data folder goes on with every room where it stood. */
import { ChatClient, signIn, type RoomHandle, type Session } from '@parley/chat-client';
import { fileOutbox } from '@parley/chat-client/node';
import { tempDir, waitFor } from '@parley/testkit';
import { startParley, type Parley } from '@parley/testkit/parley';
import { expect, onTestFinished, test } from 'vitest';

const open = (parley: Parley, session: Session, outbox: string): ChatClient => {
  const client = new ChatClient({ url: parley.url, session, storage: fileOutbox(outbox), timings: { reconnectMaxMs: 1_000 } });
  client.connect();
  onTestFinished(() => client.close());
  return client;
};

const said = (room: RoomHandle): string[] => room.messages.flatMap((item) => ('message' in item && item.message.body !== null ? [item.message.body] : []));

const sayAll = async (room: RoomHandle, bodies: readonly string[]): Promise<void> => {
  for (const body of bodies) room.send(body);
  await waitFor(`${bodies.at(-1)} to be in ${room.id}`, () => said(room).includes(bodies.at(-1)!), { deadlineMs: 30_000 });
};

test('every room goes on in a cluster where standalone left it, and standalone then refuses the data', { timeout: 300_000 }, async () => {
  const dataDir = await tempDir();
  const outbox = `${dataDir}/outbox.json`;
  const small = await startParley({ app: 'standalone', dataDir });
  const session = await signIn({ url: small.url, name: 'Ada' });
  const before = open(small, session, outbox);
  const rooms: RoomHandle[] = [];
  for (const kind of ['public', 'private', 'public'] as const) rooms.push(await before.createRoom({ kind, name: `a ${kind} room` }));
  for (const [n, room] of rooms.entries()) await sayAll(room, [`first ${n}`, `second ${n}`, `third ${n}`]);
  const heads = rooms.map((room) => room.cursor!.seq);
  before.close();
  await small.stop();

  const big = await startParley({ app: 'cluster', dataDir });
  try {
    // The session of before is good still: the key is in the data folder.
    const after = open(big, session, outbox);
    for (const [n, { id }] of rooms.entries()) {
      const room = after.joinRoom(id);
      await room.ready;
      expect(said(room)).toEqual([`first ${n}`, `second ${n}`, `third ${n}`]);
      await sayAll(room, [`fourth ${n}`]);
      expect(said(room)).toEqual([`first ${n}`, `second ${n}`, `third ${n}`, `fourth ${n}`]);
      // What opened the epoch, then the message: nothing was skipped, and nothing begins anew.
      expect(room.cursor).toEqual({ epoch: 2, seq: heads[n]! + 2 });
    }
    await waitFor('the cluster to list all rooms', async () => (await after.listRooms({ scope: 'mine' })).rooms.length === rooms.length, { deadlineMs: 30_000 });
    after.close();
  } finally {
    await big.stop();
  }
  await expect(startParley({ app: 'standalone', dataDir })).rejects.toThrow(/moved to a cluster/);
});

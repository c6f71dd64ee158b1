/** Operators' commands on a standalone: while it runs, told nothing but its data folder, and at rest. */
import { ChatClient, signIn } from '@parley/chat-client';
import { afterTests, tempDir, waitFor } from '@parley/testkit';
import { startParley, type Parley } from '@parley/testkit/parley';
import { readdirSync, statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { runOps, spawnOps, type Ran } from './testing/run-ops.ts';

const cleanup = afterTests();

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ app: 'standalone', cleanup });
  cleanup(() => parley.stop());
});

const ops = (...args: string[]): Promise<Ran> => runOps({ DATA_DIR: parley.dataDir }, ...args);

const chatInARoom = async (messages: number): Promise<string> => {
  const client = new ChatClient({ url: parley.url, session: await signIn({ url: parley.url, name: 'Ada', timeoutMs: 30_000 }), transports: ['websocket'] });
  client.connect();
  try {
    const { id } = await client.createRoom({ kind: 'public', name: 'lobby' });
    const room = client.joinRoom(id);
    let sent = 0;
    client.on('outbox', ({ entry }) => { if (entry.state === 'sent') sent += 1; });
    for (let n = 0; n < messages; n += 1) room.send(`${n}`);
    await waitFor('all to be acked', () => sent === messages, { deadlineMs: 30_000 });
    return id;
  } finally {
    client.close();
  }
};

test('its database is found by its data folder, while it runs and at rest, and a cluster’s commands say that there is none', { timeout: 240_000 }, async () => {
  const roomId = await chatInARoom(50);
  expect(statSync(`${parley.dataDir}/endpoints.json`).mode & 0o777, 'only its owner reads the password').toBe(0o600);
  const verified = await spawnOps({ DATA_DIR: parley.dataDir }, 'verify', roomId, '--json');
  expect(verified).toMatchObject({ code: 0, err: '' });
  expect(verified.json()[0]).toMatchObject({ roomId, findings: [], checked: { members: 1 } });
  await waitFor('everything to be stored', async () => (await ops('verify', roomId, '--json')).json()[0]!['watermark'] !== null);
  expect((await ops('rooms')).out).toContain('lobby');
  expect(await ops('rebuild', '--all')).toMatchObject({ code: 0 });
  expect(await ops('dead-letters', 'list')).toMatchObject({ code: 0, err: 'no dead letters\n' });
  expect(await ops('nodes')).toMatchObject({ code: 78, out: '', err: expect.stringContaining('needs NATS_URL') as string });

  await parley.stop();
  const atRest = await ops('verify', '--all');
  expect(atRest).toMatchObject({ code: 0, err: '1 room: 1 in order, 0 with findings\n' });
  expect(atRest.out).toContain('50 messages');
  expect(await ops('nodes')).toMatchObject({ code: 78, err: expect.stringContaining('nothing runs on') as string });
  await parley.start();
  expect(await ops('rooms'), 'and it starts again on the same folder').toMatchObject({ code: 0 });
});

test('a folder without a Parley is said to be one, and stays as it is', async () => {
  const dataDir = await tempDir();
  expect(await runOps({ DATA_DIR: dataDir }, 'rooms')).toMatchObject({ code: 78, err: expect.stringContaining('there is no database in') as string });
  expect(readdirSync(dataDir)).toEqual([]);
});

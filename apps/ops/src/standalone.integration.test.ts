/** Operators' commands on a standalone: while it runs, told nothing but its data folder, and at rest. */
import { ChatClient, signIn } from '@parley/chat-client';
import { newCmid } from '@parley/domain';
import { afterTests, tempDir, waitFor } from '@parley/testkit';
import { startParley, type Parley } from '@parley/testkit/parley';
import { connect, openSession } from '@parley/testkit/wire-client';
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

test('what moderators did is searched, shown and exported, and reports are listed; nothing a user wrote becomes a formula', async () => {
  const [ada, olaf] = [await connect(parley.url, await openSession(parley.url, 'Ada')), await connect(parley.url, await openSession(parley.url, '=cmd()'))];
  try {
    const { room } = await ada.must('room:create', { kind: 'public', name: '=1+1', cmid: newCmid() });
    const userId = olaf.session.user.id;
    for (let n = 0; n < 3; n += 1) {
      await olaf.must('room:join', { roomId: room.id });
      await ada.must('member:remove', { roomId: room.id, cmid: newCmid(), userId, reason: `=HYPERLINK("http://x") "kick" ${n}` });
    }
    await ada.must('report:create', { roomId: room.id, cmid: newCmid(), subject: { userId }, category: 'spam' });
    const inRoom = ['audit', '--room', room.id];
    await waitFor('all to be stored', async () => (await ops(...inRoom, '--format', 'jsonl')).out.split('\n').length === 4);
    const exported = await spawnOps({ DATA_DIR: parley.dataDir }, ...inRoom, '--format', 'jsonl');
    expect([exported.code, exported.err]).toEqual([0, '']);
    expect(exported.json()).toMatchObject([2, 1, 0].map((n) => ({ act: 'member.left', by: ada.session.user.id, userId, roomId: room.id, reason: `=HYPERLINK("http://x") "kick" ${n}` })));
    const lines = (await ops(...inRoom, '--format', 'csv')).out.split('\r\n');
    expect([lines.length, lines[0]]).toEqual([5, '"at","act","by","room","user","message","reason","detail","until","id"']);
    expect(lines[1]).toContain(',"\'=HYPERLINK(""http://x"") ""kick"" 2",');
    expect((await ops(...inRoom, '--text', 'kick 1', '--json')).json()).toHaveLength(1);
    for (const none of [['--by', userId], ['--act', 'member.banned'], ['--until', '1h'], ['--text', 'nothing']]) expect(await ops(...inRoom, ...none), none.join(' ')).toMatchObject({ code: 0, out: '', err: 'no lines\n' });
    expect((await ops('audit', '--user', userId, '--since', '1h', '--limit', '2')).out).toMatch(/^AT +ACT +BY .*\n(.*member\.left.*\n){2}$/);
    expect(await ops('audit', '--format', 'xml')).toMatchObject({ code: 64 });
    expect(await ops('audit', '--room', 'lobby')).toMatchObject({ code: 64, err: 'parley ops: --room: lobby is no such id\n' });
    const queue = (await ops('reports', '--room', room.id, '--json')).json()[0] as { reports: unknown[] };
    expect(queue.reports).toMatchObject([{ userId, userName: '=cmd()', roomName: '=1+1', status: 'open', reports: 1, categories: ['spam'] }]);
    expect((await ops('reports')).out).toMatch(/^CASE +WAITING +REPORTS .*\n.* spam /);
    expect(await ops('reports', '--status', 'claimed')).toMatchObject({ code: 0, out: '', err: 'no reports\n' });
  } finally {
    for (const each of [ada, olaf]) each.socket.close();
  }
});

test('a folder without a Parley is said to be one, and stays as it is', async () => {
  const dataDir = await tempDir();
  expect(await runOps({ DATA_DIR: dataDir }, 'rooms')).toMatchObject({ code: 78, err: expect.stringContaining('there is no database in') as string });
  expect(readdirSync(dataDir)).toEqual([]);
});

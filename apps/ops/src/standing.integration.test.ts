/** Operators make admins, ban and end sessions, while a Parley runs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newCmid } from '@parley/domain';
import type { WireError } from '@parley/protocol';
import { afterTests, waitFor } from '@parley/testkit';
import { startParley, type Parley } from '@parley/testkit/parley';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { runOps, type Ran } from './testing/run-ops.ts';

const cleanup = afterTests();

let parley: Parley;
beforeAll(async () => {
  parley = await startParley({ app: 'standalone', cleanup });
  cleanup(() => parley.stop());
});

const ops = (...args: string[]): Promise<Ran> => runOps({ DATA_DIR: parley.dataDir }, ...args);
const guest = async (name: string): Promise<Client> => {
  const client = await connect(parley.url, await openSession(parley.url, name));
  onTestFinished(() => void client.socket.close());
  return client;
};
const refusal = ({ session }: Client): Promise<WireError | null> =>
  connect(parley.url, session).then(({ socket }) => { socket.close(); return null; }, (error: { data: WireError }) => error.data);
const ended = async (client: Client): Promise<WireError | undefined> => {
  await waitFor('the connection to be closed', () => !client.socket.connected);
  return client.heard('session:ended')[0]?.error as WireError | undefined;
};

test('an admin is made and unmade by id or by name, and the open connection of the user knows', async () => {
  const ada = await guest('Ada the first');
  const { id } = ada.session.user;
  const isAdmin = async (): Promise<boolean> => (await ada.ask('user:unban', { cmid: newCmid(), userId: id })).ok;
  expect(await isAdmin()).toBe(false);
  expect(await ops('admin', 'add', 'Ada the first')).toMatchObject({ code: 0, out: `Ada the first (${id}) is an admin\n` });
  await waitFor('the admin', isAdmin);
  expect((await ops('admin', 'list', '--json')).json()).toMatchObject([{ admins: [{ userId: id, name: 'Ada the first', by: null }] }]);
  expect(await ops('ban', id, '--reason', 'because')).toMatchObject({ code: 1, err: expect.stringContaining('is an admin') as string });
  expect((await ops('admin', 'remove', id)).code).toBe(0);
  await waitFor('no admin', async () => !(await isAdmin()));
  expect(await ops('admin', 'list')).toMatchObject({ code: 0, err: 'no admins\n' });
});

test('a ban closes the connections of the user and keeps it out, for as long as it was said', async () => {
  const troll = await guest('Troll');
  const { id } = troll.session.user;
  expect(await ops('ban', id, '--for', '2d', '--reason', 'spam')).toMatchObject({ code: 0, out: expect.stringContaining(`Troll (${id}) is banned until 20`) as string });
  expect(await ended(troll)).toMatchObject({ code: 'banned', sanction: { reason: 'spam', until: expect.any(Number) as number } });
  expect(await refusal(troll)).toMatchObject({ code: 'banned' });
  const [listed] = (await ops('bans', '--json')).json();
  expect(listed).toMatchObject({ bans: [{ userId: id, name: 'Troll', reason: 'spam', by: null }] });
  const [{ until }] = listed!['bans'] as [{ until: number }];
  expect(Math.abs(until - Date.now() - 2 * 86_400_000)).toBeLessThan(60_000);
  expect((await ops('unban', 'Troll')).code).toBe(0);
  await waitFor('the user to be let in', async () => (await refusal(troll)) === null);
});

test('sessions are ended one by one, or all; the user may sign in anew', async () => {
  const [ada, bob] = [await guest('Ada'), await guest('Bob')];
  const { sid } = JSON.parse(Buffer.from(ada.session.token.split('.')[1]!, 'base64url').toString()) as { sid: string };
  expect((await ops('revoke', ada.session.user.id, '--session', sid)).code).toBe(0);
  expect(await ended(ada)).toMatchObject({ code: 'session_revoked' });
  expect((await ops('revoke', bob.session.user.id)).out).toBe(`all sessions of Bob (${bob.session.user.id}): ended\n`);
  expect(await ended(bob)).toMatchObject({ code: 'session_revoked' });
  expect([(await refusal(ada))?.code, (await refusal(bob))?.code]).toEqual(['session_revoked', 'session_revoked']);
});

test('what cannot be followed is refused, and nothing is done', async () => {
  const [one, two] = [await guest('Twin'), await guest('Twin')];
  expect(await ops('ban', 'Twin', '--reason', 'x')).toMatchObject({ code: 64, err: expect.stringContaining('2 users are called Twin') as string });
  expect(await ops('ban', 'Nobody At All', '--reason', 'x')).toMatchObject({ code: 66 });
  expect(await ops('ban', one.session.user.id)).toMatchObject({ code: 64, err: expect.stringContaining('--reason') as string });
  expect(await ops('ban', one.session.user.id, '--reason', 'x', '--for', 'soon')).toMatchObject({ code: 64 });
  expect(await ops('revoke', two.session.user.id, '--session', 'a b')).toMatchObject({ code: 64 });
  expect([one.socket.connected, two.socket.connected]).toEqual([true, true]);
});

test('rules are loaded from a file, refused where they cannot be used, and hold', async () => {
  const ada = await guest('Ada of the rules');
  const { room } = await ada.must('room:create', { kind: 'public', name: 'ruled', cmid: newCmid() });
  const file = join(parley.dataDir, 'rules.json');
  const written = async (rules: unknown): Promise<Ran> => {
    await writeFile(file, JSON.stringify(rules));
    return ops('rules', 'load', file);
  };
  const rule = { id: 'words', kind: 'words', action: 'reject', reason: 'not here', sparesModerators: false, words: ['casino'] };
  expect(await written([{ ...rule, kind: 'patterns', patterns: ['fine', '(?=no)'] }])).toMatchObject({ code: 64, err: expect.stringContaining('rule words, entry 1') as string });
  expect(await written([{ ...rule, words: [] }])).toMatchObject({ code: 64 });
  expect(await written([rule])).toMatchObject({ code: 0, out: '1 rules, version 1\n' });
  await waitFor('the rules to hold', async () => (await ada.raw('message:send', { roomId: room.id, cmid: newCmid(), body: 'Cаsino!' })).error?.code === 'content_refused');
  // What is shown can be loaded, and is no other version.
  const [shown] = (await ops('rules', 'show', '--json')).json();
  expect(shown).toMatchObject({ version: 1, rules: [{ id: 'words', words: ['casino'] }] });
  expect(await written(shown)).toMatchObject({ code: 0, out: '1 rules, version 1\n' });
  expect(await written([])).toMatchObject({ code: 0, out: '0 rules, version 2\n' });
});

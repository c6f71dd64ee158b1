import { newCmid, StoreUnavailable } from '@parley/domain';
import { SESSION_PATH, type CommandInput, type RoomId, type UserId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect, type Client } from '@parley/testkit/wire-client';
import { describe, expect, it } from 'vitest';
import { bodiesOf, cmid, createRig, metric, roomOf, say, waitForBodies, type Node, type Rig } from '../testing/rig.ts';

type Written = CommandInput<'rule:save'>['rules'];

const idOf = ({ session }: Client): UserId => session.user.id;
const adminOf = async ({ moderation }: Rig, node: Node): Promise<Client> => {
  const client = await node.guest('Admin');
  await moderation.act({ act: 'user.made_admin', userId: idOf(client), by: null, cmid: newCmid() });
  await waitFor('the admin to be known', async () => (await client.ask('rule:list', {})).ok);
  return client;
};
const words = (action: 'reject' | 'hide' | 'report', ...list: string[]): Written[number] => ({ id: `words-${action}`, kind: 'words', action, reason: `no ${action}`, words: list });
/** Replaces the rules, and waits until every gateway has them. */
const rule = async (admin: Client, nodes: readonly Node[], rules: Written): Promise<number> => {
  const { version } = await admin.must('rule:save', { version: (await admin.must('rule:list', {})).version, rules });
  await waitFor(`version ${version} everywhere`, async () => (await Promise.all(nodes.map((node) => metric(node, 'rules_version')))).every((each) => each === version));
  return version;
};
const setUp = async (rules: Written) => {
  const rig = createRig();
  const node = await rig.node();
  const [admin, ann, ben] = [await adminOf(rig, node), await node.guest('Ann'), await node.guest('Ben')];
  const { roomId } = await roomOf(ann, ben);
  await rule(admin, [node], rules);
  return { rig, node, admin, ann, ben, roomId: roomId as RoomId };
};
const send = (client: Client, roomId: string, body: string, id = cmid()) => client.raw('message:send', { roomId, cmid: id, body });

describe('what is said', () => {
  it('is refused with the reason of the rule, nothing being appended, from members; moderators and admins are spared', async () => {
    const { ann, ben, roomId, node } = await setUp([words('reject', 'casino')]);
    expect(await send(ben, roomId, 'a саѕiпo!'.replace('п', 'n'))).toMatchObject({ ok: false, error: { code: 'content_refused', message: 'no reject', retryable: false } });
    const { seq } = await say(ben, roomId, 'fine');
    expect((await say(ann, roomId, 'CASINO')).seq).toBe(seq + 1);
    await waitForBodies(ben, 'fine', 'CASINO');
    expect(await metric(node, 'content_findings_total')).toBe(2);
  });

  it('is hidden before anybody hears it, and the sender is answered as ever', async () => {
    const { ann, ben, roomId, node } = await setUp([words('hide', 'spam')]);
    const carl = await node.guest('Carl');
    await carl.must('room:join', { roomId });
    const { id } = await say(ben, roomId, 'buy SPAM');
    await say(ben, roomId, 'after it');
    await Promise.all([ann, ben, carl].map((each) => waitForBodies(each, 'after it')));
    for (const each of [ann, ben, carl]) {
      expect(bodiesOf(each)).toEqual(['', 'after it']);
      expect(each.events().filter(({ type }) => type === 'message.hidden')).toMatchObject([{ by: null, cmid: null, data: { messageId: id, reason: 'no hide' } }]);
    }
    const { messages } = await carl.must('room:history', { roomId, limit: 10 });
    expect(messages).toMatchObject([{ id, body: null, hidden: { reason: 'no hide' } }, { body: 'after it' }]);
    const synced = await carl.must('room:sync', { roomId, epoch: 1, after: 0 });
    expect(synced.events.flatMap((event) => (event.type === 'message.created' ? [event.data] : []))).toMatchObject([{ body: '', redacted: true }, { body: 'after it' }]);
  });

  it('is held to the rules when it is changed, too', async () => {
    const { ann, ben, roomId } = await setUp([words('reject', 'casino'), words('hide', 'spam')]);
    const { id } = await say(ben, roomId, 'harmless');
    expect(await ben.raw('message:edit', { roomId, cmid: cmid(), messageId: id, body: 'casino' })).toMatchObject({ error: { code: 'content_refused' } });
    await ben.must('message:edit', { roomId, cmid: cmid(), messageId: id, body: 'spam' });
    await waitFor('the message to be hidden', () => ann.events().some(({ type }) => type === 'message.hidden'));
    expect(ann.events().filter(({ type }) => type === 'message.edited')).toMatchObject([{ data: { messageId: id, body: '', redacted: true } }]);
    expect((await ann.must('room:history', { roomId, limit: 1 })).messages).toMatchObject([{ id, body: null }]);
  });

  it('is put into the queue by a rule that reports, once, as soon as the store is there', async () => {
    const { rig, admin, ann, ben, roomId } = await setUp([words('report', 'odd')]);
    rig.moderation.away = true;
    const id = cmid();
    const said = await send(ben, roomId, 'odd', id);
    expect(said.ok).toBe(true);
    expect(await send(ben, roomId, 'odd', id)).toEqual(said);
    await say(ann, roomId, 'odd, too');
    rig.moderation.away = false;
    await waitFor('the report', async () => (await admin.must('report:list', {})).cases.length > 0, { deadlineMs: 20_000 });
    expect((await admin.must('report:list', {})).cases).toMatchObject([{ roomId, userId: idOf(ben), reports: 1, categories: ['other'] }]);
    expect(bodiesOf(ben)).toContain('odd');
  });

  it('by strangers is answered as to any stranger', async () => {
    const { node, roomId } = await setUp([words('reject', 'casino')]);
    const eve = await node.guest('Eve');
    expect(await send(eve, roomId, 'casino')).toMatchObject({ error: { code: 'not_member' } });
  });
});

describe('a retry', () => {
  it('of what was taken before the rules changed gets its first answer', async () => {
    const { node, admin, ben, roomId } = await setUp([]);
    const id = cmid();
    const first = await send(ben, roomId, 'casino', id);
    await rule(admin, [node], [words('reject', 'casino'), { id: 'flood', kind: 'flood', action: 'reject', reason: 'slower', count: 1, perMs: 60_000 }]);
    expect(await send(ben, roomId, 'casino', id)).toEqual(first);
    expect(await send(ben, roomId, 'casino')).toMatchObject({ error: { code: 'content_refused' } });
  });

  it('does not count as another message', async () => {
    const { ben, roomId } = await setUp([{ id: 'flood', kind: 'flood', action: 'reject', reason: 'slower', count: 2, perMs: 60_000 }]);
    const id = cmid();
    const answers = [];
    for (const each of [id, id, id, cmid(), id, cmid()]) answers.push((await send(ben, roomId, 'x', each)).error?.code ?? 'ok');
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'content_refused']);
  });
});

it('holds names of rooms, their topics and names of users to the rules, moderators too', async () => {
  const { node, ann, roomId } = await setUp([words('reject', 'casino'), words('hide', 'spam')]);
  for (const name of ['Casino', 'spam']) {
    expect(await ann.raw('room:create', { kind: 'public', name, cmid: cmid() })).toMatchObject({ error: { code: 'content_refused' } });
    expect(await ann.raw('room:update', { roomId, cmid: cmid(), name })).toMatchObject({ error: { code: 'content_refused' } });
    expect(await ann.raw('room:update', { roomId, cmid: cmid(), topic: name })).toMatchObject({ error: { code: 'content_refused' } });
    const response = await fetch(node.url + SESSION_PATH, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
    expect([response.status, await response.json()]).toMatchObject([403, { ok: false, error: { code: 'content_refused' } }]);
  }
  await ann.must('room:update', { roomId, cmid: cmid(), topic: 'fine', slowModeMs: 0 });
});

it('holds those who have just come to rules of their own', async () => {
  const { ben, roomId } = await setUp([{ id: 'new', kind: 'newcomers', action: 'reject', reason: 'no links yet', forMs: 3_600_000 }]);
  expect(await send(ben, roomId, 'see https://evil.com')).toMatchObject({ error: { code: 'content_refused', message: 'no links yet' } });
  expect((await send(ben, roomId, 'hello')).ok).toBe(true);
});

describe('rules', () => {
  it('are in force on every gateway within a second of being saved, though the hint is lost', async () => {
    const rig = createRig();
    const nodes = [await rig.node(), await rig.node()] as const;
    const admin = await adminOf(rig, nodes[0]);
    const [ann, ben] = [await nodes[0].guest('Ann'), await nodes[1].guest('Ben')];
    const { roomId } = await roomOf(ann, ben);
    rig.moderation.serverActs.mute = true;
    const began = performance.now();
    await admin.must('rule:save', { version: 0, rules: [words('reject', 'casino')] });
    await waitFor('the other gateway to refuse', async () => (await send(ben, roomId, 'casino')).error?.code === 'content_refused', { deadlineMs: 20_000 });
    // A second, and as much again for a machine that is busy.
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('are for admins, and of the version they were read in', async () => {
    const { admin, ben } = await setUp([words('reject', 'casino')]);
    for (const [name, request] of [['rule:list', {}], ['rule:save', { version: 1, rules: [] }]] as const) expect(await ben.raw(name, request)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await admin.must('rule:list', {})).toMatchObject({ version: 1, rules: [{ id: 'words-reject', words: ['casino'], anywhere: false, sparesModerators: true }] });
    expect(await admin.raw('rule:save', { version: 0, rules: [] })).toMatchObject({ error: { code: 'conflict', retryable: false } });
    expect(await admin.raw('rule:save', { version: 1, rules: [] })).toMatchObject({ ok: true, version: 2 });
    // The answer was lost.
    expect(await admin.raw('rule:save', { version: 1, rules: [] })).toMatchObject({ ok: true, version: 2 });
    expect(await admin.raw('rule:save', { version: 1, rules: [words('hide', 'x')] })).toMatchObject({ error: { code: 'conflict' } });
  });

  it('may be many more values than other commands have, from an admin alone', async () => {
    const { admin, ben } = await setUp([]);
    const rules = [words('reject', ...Array.from({ length: 5_000 }, (_, i) => `word ${i}`))];
    expect(await admin.raw('rule:save', { version: 1, rules })).toMatchObject({ ok: true });
    expect(await ben.raw('rule:save', { version: 2, rules })).toMatchObject({ error: { code: 'bad_request', message: 'the argument holds too many values' } });
  });

  it('with patterns that RE2 does not take are refused, with where and why', async () => {
    const { admin } = await setUp([]);
    expect(await admin.raw('rule:save', { version: 1, rules: [{ id: 'p', kind: 'patterns', action: 'reject', reason: 'r', patterns: ['fine', '(?=no)', '(a|b)*a(a|b){30}c'] }] })).toMatchObject({
      error: { code: 'bad_request', problems: [{ ruleId: 'p', index: 1, reason: expect.any(String) }, { ruleId: 'p', index: 2, reason: expect.stringContaining('states') }] },
    });
    expect((await admin.must('rule:list', {})).version).toBe(1);
  });

  it('of many patterns are checked and compiled while others are answered', { timeout: 60_000 }, async () => {
    const { node, admin, ann, ben, roomId } = await setUp([]);
    const patterns = Array.from({ length: 1_000 }, (_, i) => `(?i)\\bword${i.toString(36)}\\s+(to|for)\\b`);
    const saving = { isDone: false };
    let answered = 0;
    const saved = rule(admin, [node], [{ id: 'many', kind: 'patterns', action: 'reject', reason: 'r', patterns }]).finally(() => { saving.isDone = true; });
    while (!saving.isDone) {
      await say(ann, roomId, 'meanwhile');
      answered += 1;
    }
    await saved;
    expect(await send(ben, roomId, 'WORDrr to come')).toMatchObject({ error: { code: 'content_refused' } });
    // It takes more than a tenth of a second, in slices of five milliseconds.
    expect(answered).toBeGreaterThan(5);
  });

  it('that hold go on holding while the store is away', async () => {
    const { rig, ben, roomId } = await setUp([words('reject', 'casino')]);
    rig.moderation.away = true;
    expect(await send(ben, roomId, 'casino')).toMatchObject({ error: { code: 'content_refused' } });
    expect((await send(ben, roomId, 'fine')).ok).toBe(true);
  });

  it('that were not read yet keep a gateway from being ready, and those there from saying anything', async () => {
    const { rig, ben, roomId } = await setUp([words('reject', 'casino')]);
    const read = rig.moderation.ruleBook.rules.bind(rig.moderation.ruleBook);
    rig.moderation.ruleBook.rules = async () => { throw new StoreUnavailable('away'); };
    const late = await rig.node();
    await waitFor('all else to be there', () => Object.keys(late.gateway.failing()).join() === 'rules');
    const there = await connect(late.url, ben.session);
    expect(await send(there, roomId, 'fine')).toMatchObject({ error: { code: 'unavailable', retryable: true } });
    rig.moderation.ruleBook.rules = read;
    await waitFor('it to be ready', () => Object.keys(late.gateway.failing()).length === 0);
    expect(await send(there, roomId, 'casino')).toMatchObject({ error: { code: 'content_refused' } });
    there.socket.close();
  });
});

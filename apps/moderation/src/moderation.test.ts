import type { Delivery, RoomLog, Undecodable } from '@parley/domain';
import { waitFor } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { startChecker } from './testing/fake-checker.ts';
import { SETTINGS, setUp } from './testing/rig.ts';

const RAID = 'join our server now at example dot com and get free coins for everybody';

describe('a message', () => {
  it('that a rule is to hide is hidden and in the queue; another is not', async () => {
    const { openRoom, join, must, work, ready, fateOf, reports, moderation, store, log, server } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    await ready(work());
    const [good, bad, odd] = [await must(roomId, { name: 'message:send', body: 'good' }, bob), await must(roomId, { name: 'message:send', body: 'a badword' }, bob), await must(roomId, { name: 'message:send', body: 'an oddword' }, bob)];
    await store.ingest(log, roomId);
    await waitFor('the reports', async () => (await reports()).length === 2);
    expect([good, bad, odd].map((id) => fateOf(roomId, id))).toEqual([[], ['not here'], []]);
    const cases = await reports();
    expect(new Set(cases.map(({ messageId }) => messageId))).toEqual(new Set([bad, odd]));
    const detail = await moderation.caseDetail(cases.find(({ messageId }) => messageId === bad)!.id, Date.now());
    expect(detail?.reports).toMatchObject([{ by: null, remark: '100 points: rule bad +100' }]);
    expect(server.consumers.get('moderation-held-00'), 'nobody to wait for').toBeUndefined();
  });

  it('is hidden for what it became by an edit', async () => {
    const { openRoom, join, must, work, ready, fateOf } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    await ready(work());
    const messageId = await must(roomId, { name: 'message:send', body: 'good' }, bob);
    await must(roomId, { name: 'message:edit', messageId, body: 'now a badword' }, bob);
    await waitFor('it to be hidden', () => fateOf(roomId, messageId).length > 0);
    expect(fateOf(roomId, messageId)).toEqual(['not here']);
  });

  it('that was deleted meanwhile is left as it is', async () => {
    const { openRoom, must, work, events, deadLetters } = await setUp();
    const roomId = await openRoom();
    const messageId = await must(roomId, { name: 'message:send', body: 'badword' });
    await must(roomId, { name: 'message:delete', messageId });
    const worker = work();
    await waitFor('all to be settled', async () => (await worker.metric('moderation_entries_total')) === 3);
    expect(events(roomId).map(({ type }) => type)).not.toContain('message.hidden');
    expect(deadLetters.letters.size).toBe(0);
  });

  it('said alike by several is put into the queue, once for each of them; from enough points on it is hidden', async () => {
    const { openRoom, join, must, work, ready, reports, fateOf, store, log } = await setUp();
    const rooms = [await openRoom(), await openRoom()];
    const users = await Promise.all(Array.from({ length: 6 }, (_, n) => join(rooms[n % 2]!, `Bob ${n}`)));
    const quiet = work();
    await ready(quiet);
    const raid = async () => {
      for (const round of [1, 2]) for (const [n, user] of users.entries()) await must(rooms[n % 2]!, { name: 'message:send', body: `${RAID} ${'!'.repeat(round)}` }, user);
    };
    await raid();
    for (const roomId of rooms) await store.ingest(log, roomId);
    await waitFor('the raid to be seen', async () => (await quiet.metric('moderation_scored_total')) === 12 && (await reports()).length >= 5);
    expect((await reports()).length).toBeLessThanOrEqual(6);
    expect(new Set((await reports()).map(({ userId }) => userId)).size).toBe((await reports()).length);
    await quiet.stop();
    await ready(work({ settings: { ...SETTINGS, similarPoints: 100 } }));
    await raid();
    const last = await must(rooms[0]!, { name: 'message:send', body: RAID }, users[0]);
    await waitFor('it to be hidden', () => fateOf(rooms[0]!, last).length > 0);
  });
});

const mute = (each: Delivery | Undecodable): Delivery | Undecodable => ({ ...each, ack: async () => {} });
/** A log whose deliveries are never settled, as of a worker that dies between its act and its ack. */
const neverAcking = (real: RoomLog): RoomLog => new Proxy(real, {
  get: (target, property) => {
    if (property === 'consumer') {
      return async (...args: Parameters<RoomLog['consumer']>) => {
        const consumer = await target.consumer(...args);
        return { fetch: async (max: number, waitMs: number) => (await consumer.fetch(max, waitMs)).map(mute), close: () => consumer.close() };
      };
    }
    const value: unknown = Reflect.get(target, property, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

describe('several workers', () => {
  it('share the log, and whatever comes again is done once: also long after, and though a moderator undid it', async () => {
    const { openRoom, join, must, work, ready, fateOf, server, store, log, reports } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const first = work({ log: neverAcking(server.open()) });
    await ready(first);
    const ids = await Promise.all(Array.from({ length: 20 }, (_, n) => must(roomId, { name: 'message:send', body: `badword ${n}` }, bob)));
    await waitFor('all to be hidden', () => ids.every((id) => fateOf(roomId, id).length > 0));
    await must(roomId, { name: 'message:restore', messageId: ids[0]! });
    await first.stop();
    // Who begins anew begins at the watermark: what was done before it only the table of commands knows.
    await store.ingest(log, roomId);
    const hidden = (id: (typeof ids)[number]) => store.archive(roomId, 0, 1_000).then(({ events }) => events.filter((event) => event.type === 'message.hidden' && event.data.messageId === id).length);
    const [second, third] = [work(), work()];
    await must(roomId, { name: 'message:send', body: 'and a last badword' }, bob);
    await waitFor('all to be settled', () => [...server.consumers.values()].every(({ unsettled }) => unsettled.size === 0));
    expect((await second.metric('moderation_redeliveries_total')) + (await third.metric('moderation_redeliveries_total'))).toBeGreaterThan(0);
    await store.ingest(log, roomId);
    for (const id of ids) expect(await hidden(id)).toBe(1);
    expect((await reports()).filter(({ messageId }) => messageId !== null && ids.includes(messageId)).every(({ reports: count }) => count === 1)).toBe(true);
  });

  it('each do a part, and what one had in hand when it died the other does', async () => {
    const { openRoom, join, must, work, ready, fateOf, server } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    // Fetches and never does anything.
    const dead = await Promise.all(['00'].map(async () => server.open().consumer({ name: 'moderation', shard: roomId.slice(1, 3) as never, ackWaitMs: 300 })));
    const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => must(roomId, { name: 'message:send', body: `badword ${n}` }, bob)));
    expect((await dead[0]!.fetch(3, 0)).length).toBeGreaterThan(0);
    const [second, third] = [work(), work()];
    await ready(second);
    await ready(third);
    await waitFor('all to be hidden', () => ids.every((id) => fateOf(roomId, id).length > 0));
    expect(ids.every((id) => fateOf(roomId, id).length === 1)).toBe(true);
  });
});

describe('what is away', () => {
  it('keeps nothing from being hidden but what needs it, and nothing is given up on for it', async () => {
    const { openRoom, join, must, work, ready, fateOf, moderation, store, log, reports, deadLetters } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const worker = work();
    await ready(worker);
    moderation.away = true;
    const id = await must(roomId, { name: 'message:send', body: 'badword' }, bob);
    await waitFor('it to be hidden', () => fateOf(roomId, id).length > 0);
    await waitFor('the report to be tried often', async () => (await worker.metric('moderation_retries_total')) > 8);
    expect(await worker.metric('moderation_records_missed_total')).toBeGreaterThan(0);
    await store.ingest(log, roomId);
    moderation.away = false;
    await waitFor('the report', async () => (await reports()).length === 1);
    expect(fateOf(roomId, id)).toEqual(['not here']);
    expect(deadLetters.letters.size).toBe(0);
  });

  it('is waited for where it is the log', async () => {
    const { openRoom, join, must, work, ready, fateOf, server } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const worker = work();
    await ready(worker);
    server.kill();
    expect(worker.ready()).toBe('no connection to the log');
    server.restart();
    expect(worker.ready()).toBe(true);
    const id = await must(roomId, { name: 'message:send', body: 'badword' }, bob);
    await waitFor('it to be hidden', () => fateOf(roomId, id).length > 0);
  });
});

describe('what fails', () => {
  it('is tried a few times, then left as a dead letter; the rest goes on', async () => {
    const { openRoom, join, must, work, ready, fateOf, deadLetters, moderation, server } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const report = moderation.report.bind(moderation);
    const poison = await must(roomId, { name: 'message:send', body: 'badword poison' }, bob);
    moderation.report = async (each) => {
      if (each.messageId === poison) throw new TypeError('a defect');
      return report(each);
    };
    server.corrupt({ roomId: await openRoom(), epoch: 1 });
    const worker = work();
    await ready(worker);
    await waitFor('a dead letter', () => deadLetters.letters.size > 0);
    expect([...deadLetters.letters.values()], 'and none of what cannot be decoded, which is persistence’s').toMatchObject([
      { consumer: 'moderation', reason: 'a defect', source: expect.stringMatching(new RegExp(`^${roomId}/1@\\d+$`)) as string },
    ]);
    const other = await openRoom();
    const id = await must(other, { name: 'message:send', body: 'badword' });
    await waitFor('it to be hidden', () => fateOf(other, id).length > 0);
  });
});

describe('an outside checker', () => {
  it('has hidden what it says is bad', async () => {
    const { openRoom, join, must, work, ready, fateOf } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker();
    checker.answers = ({ body }) => ({ score: body.includes('nasty') ? 1 : 0 });
    await ready(work({ settings: { ...SETTINGS, checkers: [checker.config] } }));
    const good = await must(roomId, { name: 'message:send', body: 'nice' }, bob);
    const bad = await must(roomId, { name: 'message:send', body: 'nasty' }, bob);
    await waitFor('it to be hidden', () => fateOf(roomId, bad).length > 0);
    expect([fateOf(roomId, good), fateOf(roomId, bad)]).toEqual([[], ['hidden by automatic moderation']]);
    expect(checker.asked.map(({ body }) => body)).toEqual(['nice', 'nasty']);
  });

  it('that is slow keeps nobody else waiting', async () => {
    const { openRoom, join, must, work, ready, fateOf } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker({ timeoutMs: 30_000, onAway: 'hold' });
    checker.respond = () => {};
    await ready(work({ settings: { ...SETTINGS, checkers: [checker.config] } }));
    await must(roomId, { name: 'message:send', body: 'slow' }, bob);
    const bad = await must(roomId, { name: 'message:send', body: 'badword' }, bob);
    await waitFor('it to be hidden', () => fateOf(roomId, bad).length > 0);
    checker.respond = null;
    await checker.stop();
  });

  it('that is away lets through where it is to, and that is counted', async () => {
    const { openRoom, join, must, work, ready, fateOf } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker();
    await checker.stop();
    const worker = work({ settings: { ...SETTINGS, checkers: [checker.config] } });
    await ready(worker);
    const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => must(roomId, { name: 'message:send', body: `message ${n}` }, bob)));
    await waitFor('them to be let through', async () => (await worker.metric('moderation_unchecked_total')) === 10);
    expect(worker.away).toEqual(['checker']);
    for (const id of ids) expect(fateOf(roomId, id)).toEqual([]);
  });

  it('that is away holds where it is to: hidden at once, and once it is back restored or hidden for good', async () => {
    const { openRoom, join, must, work, ready, fateOf, store, log } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker({ onAway: 'hold' });
    checker.answers = ({ body }) => ({ score: body.includes('nasty') ? 1 : 0 });
    await checker.stop();
    await ready(work({ settings: { ...SETTINGS, checkers: [checker.config] } }));
    const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => must(roomId, { name: 'message:send', body: n % 4 === 0 ? 'nasty' : 'nice' }, bob)));
    await waitFor('all to be held', () => ids.every((id) => fateOf(roomId, id).length === 1));
    for (const id of ids) expect(fateOf(roomId, id)).toEqual(['waiting for a check']);
    await checker.start();
    await store.ingest(log, roomId);
    await waitFor('all to be checked', () => ids.every((id) => fateOf(roomId, id).length === 2));
    for (const [n, id] of ids.entries()) expect(fateOf(roomId, id)).toEqual(['waiting for a check', n % 4 === 0 ? 'hidden by automatic moderation' : 'restored']);
  });

  it('holds over a worker that dies, and what came meanwhile', async () => {
    const { openRoom, join, must, work, ready, fateOf, store, log, server } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker({ onAway: 'hold' });
    await checker.stop();
    const settings = { ...SETTINGS, checkers: [checker.config] };
    const first = work({ settings, log: neverAcking(server.open()) });
    await ready(first);
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => must(roomId, { name: 'message:send', body: `nice ${n}` }, bob)));
    await waitFor('all to be held', () => ids.every((id) => fateOf(roomId, id).length === 1));
    await first.stop();
    await store.ingest(log, roomId);
    ids.push(await must(roomId, { name: 'message:send', body: 'meanwhile' }, bob));
    await store.ingest(log, roomId);
    await checker.start();
    await ready(work({ settings }));
    await waitFor('all to be checked', () => checker.asked.some(({ body }) => body === 'meanwhile') && ids.slice(0, 5).every((id) => fateOf(roomId, id).length === 2));
    for (const id of ids.slice(0, 5)) expect(fateOf(roomId, id)).toEqual(['waiting for a check', 'restored']);
    expect(fateOf(roomId, ids[5]!)).toEqual([]);
  });

  it('that fails at one message alone leaves it hidden, as a dead letter', async () => {
    const { openRoom, join, must, work, ready, fateOf, store, log, deadLetters } = await setUp();
    const roomId = await openRoom();
    const bob = await join(roomId);
    const checker = await startChecker({ onAway: 'hold' });
    checker.answers = ({ body }) => (body === 'poison' ? { score: 'none' } : { score: 0 });
    const worker = work({ settings: { ...SETTINGS, checkers: [checker.config] }, checkerLimits: { failures: 1_000 } });
    await ready(worker);
    const id = await must(roomId, { name: 'message:send', body: 'poison' }, bob);
    await waitFor('it to be held', () => fateOf(roomId, id).length === 1);
    await store.ingest(log, roomId);
    await waitFor('a dead letter', () => deadLetters.letters.size === 1);
    expect([...deadLetters.letters.values()]).toMatchObject([{ consumer: 'moderation-held', reason: expect.stringContaining('checker: score') as string }]);
    expect(fateOf(roomId, id)).toEqual(['waiting for a check']);
  });
});

it('nothing is let through before the rules are known', async () => {
  const { openRoom, join, must, work, fateOf, moderation } = await setUp();
  const roomId = await openRoom();
  const bob = await join(roomId);
  moderation.away = true;
  const worker = work();
  const id = await must(roomId, { name: 'message:send', body: 'badword' }, bob);
  expect(worker.ready()).toBe('the rules are not known yet');
  moderation.away = false;
  await waitFor('it to be hidden', () => fateOf(roomId, id).length > 0);
  moderation.away = true;
  const late = work();
  await late.stop();
});

it('rules that change are followed', async () => {
  const { openRoom, join, must, work, ready, fateOf, moderation } = await setUp({ rules: [] });
  const roomId = await openRoom();
  const bob = await join(roomId);
  const worker = work();
  await ready(worker);
  await moderation.saveRules(1, [{ kind: 'words', id: 'new', action: 'hide', reason: 'new', sparesModerators: false, words: ['fresh'], anywhere: false }], null);
  await waitFor('the rules', () => worker.rulesVersion === 2);
  const id = await must(roomId, { name: 'message:send', body: 'fresh' }, bob);
  await waitFor('it to be hidden', () => fateOf(roomId, id).length > 0);
});

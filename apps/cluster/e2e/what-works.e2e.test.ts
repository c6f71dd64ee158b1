/** Each cell of the table in docs/operations.md: one part of a real cluster is down, and everything is tried. */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { CommandName, Cmid, RoomId, SessionResponse, UserId } from '@parley/protocol';
import { openDatabase } from '@parley/postgres';
import { PostgresModerationStore } from '@parley/store-postgres';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { afterTests, waitFor } from '@parley/testkit';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DOWN, WHAT_WORKS, whatWorksTable, type Capability, type Down, type Outcome } from './what-works.ts';

const cleanup = afterTests();

/** How long a client would wait for what is said to work; the log's own timeout and a gateway's certainty are within it. */
const PATIENCE_MS = 20_000;
const ROUNDS_MS = 90_000;
/** What is not hidden by then is not looked at. */
const HIDDEN_MS = 5_000;

let fleet: Fleet;
let ada: Client;
let bob: Client;
/** On the same gateway as Ada. */
let carl: Client;
let roomId: RoomId;
/** Rooms that only the third gateway knows. */
const strange: RoomId[] = [];
let spare: SessionResponse;

const BAD = 'exterminate';
const saveBadWord = async (): Promise<void> => {
  const database = openDatabase({ url: fleet.postgres.url, poolSize: 2 });
  const store = new PostgresModerationStore(database);
  await store.saveRules(0, [{ kind: 'words', id: 'bad', action: 'report', reason: 'bad', sparesModerators: false, words: [BAD], anywhere: false }], null);
  await store.close();
  await database.close();
};

const cmid = (): Cmid => randomUUID() as Cmid;
const say = (client: Client, body: string) => client.ask('message:send', { roomId, cmid: cmid(), body });
const hears = (client: Client, body: string): boolean => client.events().some((event) => event.type === 'message.created' && event.data.body === body);

beforeAll(async () => {
  // A rule that only reports, and a worker that hides what is reported: a rule that hides is the gateways' own.
  fleet = await startFleet({ gateways: 3, workers: 2, moderator: () => ({ env: { HIDE_AT: '50' } }), cleanup });
  await saveBadWord();
  const [first, second, third] = fleet.gateways;
  ada = await connect(first!.url, await openSession(fleet.url, 'Ada'));
  bob = await connect(second!.url, await openSession(fleet.url, 'Bob'));
  carl = await connect(first!.url, await openSession(fleet.url, 'Carl'));
  spare = await openSession(fleet.url, 'Eve');
  ({ id: roomId } = (await ada.must('room:create', { kind: 'public', name: 'known', cmid: cmid() })).room);
  for (const client of [bob, carl]) await client.must('room:join', { roomId });
  const host = await connect(third!.url, await openSession(fleet.url, 'Host'));
  for (const name of Object.keys(DOWN)) strange.push((await host.must('room:create', { kind: 'public', name, cmid: cmid() })).room.id);
  await Promise.all(Array.from({ length: 30 }, (_, n) => say(ada, `early ${n}`)));
  host.socket.close();
  await waitFor('the rooms to be archived', async () => {
    const list = await bob.must('room:list', { scope: 'public' });
    const { messages } = await bob.must('room:history', { roomId });
    return list.rooms.length === strange.length + 1 && messages.length === 30;
  });
  cleanup(() => {
    for (const client of [ada, bob, carl]) client.socket.close();
  });
});

/** `works`, or `refused` where that is said with the code for it. What else it may be fails the test. */
const outcomeOf = (answer: { ok: boolean; error?: { code: string; retryable: boolean } }): Outcome => {
  if (answer.ok) return 'works';
  expect(answer.error).toMatchObject({ code: 'unavailable', retryable: true });
  return 'refused';
};

/** A person tries again what is said to be retryable. */
const patiently = async (attempt: () => Promise<Outcome>, expected: Outcome): Promise<Outcome> => {
  let outcome: Outcome = 'refused';
  await waitFor('it to work', async () => (outcome = await attempt()) === expected, { deadlineMs: PATIENCE_MS, intervalMs: 250 }).catch(() => undefined);
  return outcome;
};

const ask = (client: Client, name: CommandName, request: object): Promise<Outcome> => client.raw(name, request).then(outcomeOf);

const joinAs = async (session: SessionResponse, url: string, request: object): Promise<Outcome> => {
  const client = await connect(url, session);
  try {
    return outcomeOf(await client.raw('room:join', request));
  } finally {
    client.socket.close();
  }
};

const TRY: Record<Capability, (down: Down) => Promise<Outcome>> = {
  connect: async () => {
    const client = await connect(fleet.url, spare);
    client.socket.close();
    return 'works';
  },
  signIn: async () => {
    const response = await fetch(`${fleet.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Dora' }) });
    return outcomeOf(response.ok ? { ok: true } : ((await response.json()) as { ok: boolean }));
  },
  resume: async () => {
    const client = await connect(fleet.gateways[1]!.url, bob.session);
    try {
      const answer = await client.must('room:join', { roomIds: [roomId], resume: true }).catch(() => null);
      const [room] = answer && 'rooms' in answer ? answer.rooms : [];
      return room ? outcomeOf(room) : 'refused';
    } finally {
      client.socket.close();
    }
  },
  join: (down) => joinAs(ada.session, fleet.gateways[0]!.url, { roomId: strange[Object.keys(DOWN).indexOf(down)] }),
  create: () => ask(ada, 'room:create', { kind: 'private', name: 'new', cmid: cmid() }),
  send: () => say(ada, 'one').then(outcomeOf),
  hear: async () => {
    const body = randomUUID();
    const outcome = outcomeOf(await say(ada, body));
    if (outcome === 'works') await waitFor('the other to hear it', () => hears(bob, body), { deadlineMs: PATIENCE_MS });
    return outcome;
  },
  sync: () => ask(bob, 'room:sync', { roomId, epoch: 1, after: 20 }),
  history: () => ask(bob, 'room:history', { roomId, limit: 50 }),
  lists: async () => {
    const outcomes = await Promise.all([ask(bob, 'room:list', { scope: 'mine' }), ask(bob, 'room:members', { roomId }), ask(bob, 'user:get', { userIds: [ada.session.user.id satisfies UserId] })]);
    expect(new Set(outcomes).size).toBe(1);
    return outcomes[0];
  },
  moderate: async () => {
    const answer = await say(ada, `${BAD} ${randomUUID()}`);
    if (!answer.ok) return outcomeOf(answer);
    const isHidden = () => bob.events().some((event) => event.type === 'message.hidden' && event.data.messageId === answer.id);
    return waitFor('it to be hidden', isHidden, { deadlineMs: HIDDEN_MS }).then(() => 'works', () => 'refused');
  },
  presence: async () => {
    const answer = await bob.ask('presence:watch', { roomId });
    if (!answer.ok) return outcomeOf(answer);
    const { status } = answer.users.find(({ userId }) => userId === ada.session.user.id) ?? {};
    if (answer.complete) expect(status).toBe('online');
    return answer.complete ? 'works' : 'partly';
  },
  typing: async () => {
    const told = (client: Client): number => client.heard('typing:changed').filter(({ typing }) => typing).length;
    await ada.ask('typing:set', { roomId, typing: false });
    const before = [told(bob), told(carl)];
    const answer = await ada.ask('typing:set', { roomId, typing: true });
    // It comes before what is said after it, or not at all.
    if (!answer.ok || (await TRY.hear('gateway')) !== 'works') return told(carl) > before[1]! ? 'partly' : 'refused';
    return told(bob) > before[0]! ? 'works' : told(carl) > before[1]! ? 'partly' : 'refused';
  },
};

const BREAK: Record<Down, () => Promise<unknown>> = {
  gateway: () => fleet.gateways[2]!.kill(),
  redis: () => fleet.redis.kill(),
  nats: () => fleet.nats[0]!.kill(),
  postgres: () => fleet.postgres.kill(),
  worker: () => fleet.workers[0]!.kill(),
  workers: () => Promise.all(fleet.workers.map((each) => each.kill())),
  moderation: () => fleet.moderators[0]!.kill(),
};
const MEND: Record<Down, () => Promise<unknown>> = {
  gateway: () => fleet.gateways[2]!.start(),
  redis: () => fleet.redis.restart(),
  nats: () => fleet.nats[0]!.restart(),
  postgres: () => fleet.postgres.restart(),
  worker: () => fleet.workers[0]!.start(),
  workers: () => Promise.all(fleet.workers.map((each) => each.start())),
  moderation: () => fleet.moderators[0]!.start(),
};

it('stands in docs/operations.md', () => {
  const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  expect(/<!-- what works -->\n([\s\S]*?)\n<!-- \/what works -->/.exec(document)?.[1]).toBe(whatWorksTable());
});

describe.each(Object.keys(DOWN) as Down[])('with the %s down', (down) => {
  beforeAll(async () => {
    const before = fleet.gateways.map(({ pid }) => pid);
    // A worker knows the rooms in which it has hidden something.
    expect(await patiently(() => TRY.moderate(down), 'works')).toBe('works');
    await BREAK[down]();
    if (down === 'nats') await waitFor('the gateways to notice', async () => (await Promise.all(fleet.gateways.map((each) => each.isReady()))).every((ready) => !ready), { deadlineMs: PATIENCE_MS });
    return async () => {
      await MEND[down]();
      await fleet.ready(ROUNDS_MS);
      if (down !== 'gateway') expect(fleet.gateways.map(({ pid }) => pid)).toEqual(before);
    };
  }, ROUNDS_MS);

  it.each(Object.entries(WHAT_WORKS) as [Capability, (typeof WHAT_WORKS)[Capability]][])('%s is as the table says', async (capability, { outcomes }) => {
    const expected: Outcome = outcomes[down];
    const attempt = () => TRY[capability](down);
    expect(await (expected === 'refused' ? attempt() : patiently(attempt, expected))).toBe(expected);
  });

  afterEach(() => {
    expect([ada, bob, carl].every(({ socket }) => socket.connected), 'the sockets stay').toBe(true);
  });
});

it('works as before afterwards, and nothing that was acked is lost', async () => {
  for (const [capability, attempt] of Object.entries(TRY)) if (capability !== 'join') expect(await patiently(() => attempt('gateway'), 'works'), capability).toBe('works');
});

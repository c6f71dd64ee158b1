import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventId, RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { connect, openSession, type Client } from '@parley/testkit/wire-client';
import { metricOf } from '../parts/database.ts';
import { BAD_WORD, REPORTED, saveRules } from '../parts/rules.ts';
import { scenario } from '../scenario.ts';

const ROUNDS = 3;
/** One in so many is bad. */
const BAD_EVERY = 10;
const PAUSE_MS = 20;
const CATCH_MS = 30_000;

/** Says something every so often, until told to stop. */
const talk = (client: Client, roomId: RoomId) => {
  const over = new AbortController();
  const bad: EventId[] = [];
  const talking = (async () => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const isBad = n % BAD_EVERY === 0;
      const { id } = await client.must('message:send', { roomId, cmid: randomUUID(), body: isBad ? `${BAD_WORD} ${n}` : `good ${n}` });
      if (isBad) bad.push(id);
      await sleep(PAUSE_MS);
    }
  })();
  return { bad, stop: () => { over.abort(); return talking; } };
};

const timesHidden = (client: Client, id: EventId): number => client.events().filter((event) => event.type === 'message.hidden' && event.data.messageId === id).length;

export const moderationKill = scenario({
  name: 'moderation-kill',
  title: 'every moderation worker is killed (SIGKILL) amid a batch, three times, and started again',
  bound: { ms: 15_000, of: 'what was to be hidden is hidden, once; messages flow all the time' },
  traffic: { perSecond: 200 },
  fault: {
    touches: ['moderators'],
    holdMs: 5_000,
    flows: true,
    async inject({ fleet }) {
      await Promise.all(fleet.moderators.map((each) => each.kill()));
      return async () => void (await Promise.all(fleet.moderators.map((each) => each.start())));
    },
  },
  async run({ fleet, note, mark, recovered }) {
    await saveRules(fleet, REPORTED);
    const client = await connect(fleet.url, await openSession(fleet.url, 'talkative'));
    try {
      const { room: { id: roomId } } = await client.must('room:create', { kind: 'public', name: 'moderated', cmid: randomUUID() });
      const { bad, stop } = talk(client, roomId);
      const untilHidden = (deadlineMs: number): Promise<void> => {
        const ids = [...bad];
        return waitFor(`${ids.length} bad messages to be hidden`, () => ids.length > 0 && ids.every((id) => timesHidden(client, id) > 0), { deadlineMs, intervalMs: 50 });
      };
      await waitFor('bad messages to be hidden', () => bad.length > 3 && bad.slice(0, 3).every((id) => timesHidden(client, id) > 0), { deadlineMs: CATCH_MS });
      for (let round = 0; round < ROUNDS; round += 1) {
        await waitFor('entries in hand', async () => (await metricOf(fleet.moderators, 'moderation_in_hand')) > 0, { deadlineMs: CATCH_MS, intervalMs: 1 }).catch(() => note('nothing was in hand'));
        await Promise.all(fleet.moderators.map((each) => each.kill()));
        const before = bad.length;
        await waitFor('bad messages nobody looks at', () => bad.length > before + 5, { deadlineMs: CATCH_MS });
        await Promise.all(fleet.moderators.map((each) => each.start()));
        mark();
        await recovered('every bad message is hidden', untilHidden);
      }
      await stop();
      await recovered('the last are hidden', untilHidden);
      const wrong = bad.filter((id) => timesHidden(client, id) !== 1);
      if (wrong.length > 0) throw new Error(`${wrong.length} of ${bad.length} bad messages were hidden more than once`);
      note(`${bad.length} bad messages, each hidden once`);
    } finally {
      client.socket.close();
      await saveRules(fleet, []);
    }
  },
});

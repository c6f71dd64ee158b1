import type { RoomId } from '@parley/protocol';
import { whyNoNetwork } from '@parley/testkit/network';
import type { Client } from '@parley/testkit/wire-client';
import { makeLeader } from '../parts/log.ts';
import { createRoom, inWords, say, withMember } from '../parts/member.ts';
import { PARTITIONABLE, type Parted } from '../plans-of-the-log.ts';
import { scenario, type Fault } from '../scenario.ts';

const APART_MS = 30_000;
const ASK_EVERY_MS = 100;
/** What a gateway beside a deposed leader may be behind by, in what it gives out as the room as it is now. It answers nothing then. */
const STALE_MS = 5_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Says something again and again, one after the other; `ackedAt` of each `seq` by this clock. */
const keepSaying = async (member: Client, roomId: RoomId, ackedAt: Map<number, number>, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    const answer = await say(member, roomId, 'from the majority') as { ok: boolean; seq?: number };
    if (answer.ok && answer.seq !== undefined) ackedAt.set(answer.seq, performance.now());
    await pause(ASK_EVERY_MS);
  }
};

type Answered = { stalestMs: number; answers: number; lastAt: number; refusals: Map<string, number> };

/** By how much what is answered was overtaken when it was asked for. */
const keepAsking = async (ask: () => Promise<{ ok: boolean; seq?: number; error?: { code: string; retryable: boolean } }>, ackedAt: ReadonlyMap<number, number>, isOver: () => boolean): Promise<Answered> => {
  const answered: Answered = { stalestMs: 0, answers: 0, lastAt: 0, refusals: new Map() };
  while (!isOver()) {
    const askedAt = performance.now();
    const answer = await ask().catch(() => ({ ok: false, error: { code: 'no answer', retryable: true } }) as const);
    if (answer.ok) {
      answered.answers += 1;
      answered.lastAt = performance.now();
      const overtakenAt = ackedAt.get((answer.seq ?? 0) + 1) ?? Number.POSITIVE_INFINITY;
      answered.stalestMs = Math.max(answered.stalestMs, askedAt - overtakenAt);
    } else answered.refusals.set(inWords(answer), (answered.refusals.get(inWords(answer)) ?? 0) + 1);
    await pause(ASK_EVERY_MS);
  }
  return answered;
};

const fault: Fault<Parted> = {
  touches: ['nats', 'network', 'gateways'],
  holdMs: APART_MS,
  flows: false,
  async inject({ fleet }) {
    await makeLeader(fleet, fleet.minority);
    fleet.part();
    fleet.redisOf1.hold();
    return async () => {
      fleet.network.heal();
      fleet.redisOf1.release();
      await fleet.ready();
    };
  },
};

export const nats3LeaderPartitioned = scenario<Parted>({
  name: 'nats3-leader-partitioned',
  title: 'the NATS server that leads the log, and a gateway beside it, are cut off from the other two and from Redis (network namespaces)',
  bound: { ms: 15_000, of: 'messages flow on the side of the majority; and everywhere after they are joined again' },
  needs: () => whyNoNetwork(),
  fleet: PARTITIONABLE,
  traffic: { urls: (fleet) => [fleet.gateways[1]!.url] },
  fault,
  run: ({ fleet, traffic, random, note, scaled, hold, mark, recovered }) =>
    withMember(fleet.gateways[0]!.url, 'minority', (inMinority) => withMember(fleet.gateways[1]!.url, 'majority', async (inMajority) => {
      const roomId = await createRoom(inMajority, 'parted');
      await inMinority.must('room:join', { roomId });
      const heal = await fault.inject({ fleet, traffic, random, note, scaled });
      mark();
      const parted = performance.now();
      let over = false;
      const isOver = (): boolean => over;
      const ackedAt = new Map<number, number>();
      const saying = keepSaying(inMajority, roomId, ackedAt, isOver);
      const joining = keepAsking(() => inMinority.raw('room:join', { roomIds: [roomId], resume: true }).then((answer) => (answer as unknown as { rooms?: [{ ok: boolean; seq?: number; error?: { code: string; retryable: boolean } }] }).rooms?.[0] ?? answer), ackedAt, isOver);
      const syncing = keepAsking(() => inMinority.raw('room:sync', { roomId, epoch: 1, after: 1 }), ackedAt, isOver);
      const sent: string[] = [];
      const sending = (async () => {
        while (!isOver()) {
          sent.push(inWords(await say(inMinority, roomId, 'from the minority')));
          await pause(ASK_EVERY_MS);
        }
      })();
      try {
        await recovered('the majority goes on', (deadlineMs) => traffic.untilFlowing(deadlineMs));
        await hold(APART_MS);
      } finally {
        over = true;
        await heal();
        mark();
      }
      const [joins, syncs] = await Promise.all([joining, syncing, saying, sending]);
      for (const [what, { stalestMs, answers, lastAt, refusals }] of [['room:join', joins], ['room:sync', syncs]] as const) {
        note(`${what} beside the deposed leader: ${answers} answers, the last ${Math.round(Math.max(0, lastAt - parted))} ms after the cut, the stalest ${Math.round(stalestMs)} ms behind; refused: ${[...refusals].map(([code, count]) => `${count} × ${code}`).join(', ')}`);
      }
      note(`the minority told its senders: ${[...Map.groupBy(sent, (each) => each)].map(([code, each]) => `${each.length} × ${code}`).join(', ')}`);
      // The last one may have been answered after they were joined again.
      if (sent.slice(0, -1).includes('sent')) throw new Error('the minority acked');
      const stalest = Math.max(joins.stalestMs, syncs.stalestMs);
      if (stalest > STALE_MS) throw new Error(`the minority gave out what was overtaken ${stalest} ms before as the room as it is`);
      await recovered('all of them', (deadlineMs) => traffic.untilFlowing(deadlineMs));
      await recovered('the minority’s gateway', async (deadlineMs) => {
        for (const until = performance.now() + deadlineMs; ;) {
          if ((await say(inMinority, roomId, 'joined again')).ok) return;
          if (performance.now() > until) throw new Error('its senders are still refused');
          await pause(ASK_EVERY_MS);
        }
      });
    })),
});

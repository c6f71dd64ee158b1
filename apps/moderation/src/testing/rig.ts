import { setTimeout as sleep } from 'node:timers/promises';
import { RoomAppenders, type CommandResult } from '@parley/appender';
import { newCmid, newUserId, roomIdOf, type Actor, type CommandBody, type DeadLetter, type DeadLetters, type RoomLog } from '@parley/domain';
import type { EventId, RoomEvent, RoomId, Rules } from '@parley/protocol';
import { createMetrics, silentLogger } from '@parley/runtime';
import { MemoryLogStore, eventsOf } from '@parley/testkit/memory-room-log';
import { MemoryModerationStore } from '@parley/testkit/memory-moderation-store';
import { MemoryStore } from '@parley/testkit/memory-store';
import { waitFor } from '@parley/testkit';
import { onTestFinished } from 'vitest';
import { createModeration, createModerationMetrics, DEFAULT_LIMITS, type Moderation, type ModerationLimits, type ModerationOptions } from '../index.ts';

/** So that what takes seconds in production takes a moment here. */
export const QUICK: ModerationLimits = {
  ...DEFAULT_LIMITS, fetchWaitMs: 50, ackWaitMs: 300, retryMs: { first: 20, last: 50 }, backoffMs: { first: 10, last: 100 }, rulesMs: 50, record: { ...DEFAULT_LIMITS.record, timeoutMs: 100 },
};
export const BAD_WORDS: Rules = [
  { kind: 'words', id: 'bad', action: 'hide', reason: 'not here', sparesModerators: false, words: ['badword'], anywhere: false },
  { kind: 'words', id: 'odd', action: 'report', reason: 'look at it', sparesModerators: false, words: ['oddword'], anywhere: false },
];
export const SETTINGS = { reportAt: 50, hideAt: 100, similarPoints: 50, checkers: [] };

class ListedLetters implements DeadLetters {
  readonly letters = new Map<string, DeadLetter>();

  async put(letter: DeadLetter): Promise<void> {
    if (!this.letters.has(letter.id)) this.letters.set(letter.id, letter);
  }

  async list(): Promise<DeadLetter[]> {
    return [...this.letters.values()];
  }

  async remove(id: string): Promise<void> {
    this.letters.delete(id);
  }
}

export type Worker = Moderation & { metric(name: string): Promise<number> };

/** A log, a store and users who talk, in memory; and workers on them. */
export const setUp = async ({ rules = BAD_WORDS }: { rules?: Rules } = {}) => {
  const server = new MemoryLogStore({ now: () => Date.now(), sleep: (ms) => sleep(ms) });
  const store = new MemoryStore();
  const moderation = new MemoryModerationStore(store);
  const deadLetters = new ListedLetters();
  const log = server.open();
  const appenders = new RoomAppenders({ log, store });
  const owner: Actor = { id: newUserId(), name: 'Ada' };
  await moderation.saveRules(0, rules, null);

  const send = (roomId: RoomId, body: CommandBody, by: Actor | null = owner): Promise<CommandResult> =>
    new Promise((resolve) => { appenders.submit({ ...body, roomId, by, cmid: newCmid(), after: 'fresh' }, resolve); });
  const must = async (...args: Parameters<typeof send>): Promise<EventId> => {
    const result = await send(...args);
    if (!result.ok) throw new Error(result.error.message);
    return result.id;
  };
  const openRoom = async (): Promise<RoomId> => {
    const cmid = newCmid();
    const roomId = roomIdOf(owner.id, cmid);
    await must(roomId, { name: 'room:create', kind: 'public', title: 'test' });
    return roomId;
  };
  const join = async (roomId: RoomId, name = 'Bob'): Promise<Actor> => {
    const user = { id: newUserId(), name };
    await must(roomId, { name: 'room:join' }, user);
    return user;
  };
  const events = (roomId: RoomId): RoomEvent[] => eventsOf(server, { roomId, epoch: 1 });
  /** What happened to a message, in order. */
  const fateOf = (roomId: RoomId, messageId: EventId): string[] => events(roomId).flatMap((event) =>
    ((event.type === 'message.hidden' || event.type === 'message.restored') && event.data.messageId === messageId ? [event.type === 'message.hidden' ? event.data.reason : 'restored'] : []));

  const workers: Moderation[] = [];
  const work = (options: Partial<ModerationOptions> & { log?: RoomLog } = {}): Worker => {
    const metrics = createMetrics({ app: 'moderation', processMetrics: false });
    const worker = createModeration({
      log: server.open(), store, moderation, deadLetters, metrics: createModerationMetrics(metrics), logger: silentLogger(), ...options,
      settings: { ...SETTINGS, ...options.settings }, limits: { ...QUICK, ...options.limits }, checkerLimits: { retryMs: { first: 1, last: 5 }, probeMs: { first: 30, last: 60 }, ...options.checkerLimits },
    });
    workers.push(worker);
    return Object.assign(worker, {
      metric: async (name: string) => (await metrics.registry.getSingleMetric(`parley_${name}`)?.get())?.values.reduce((sum, { value, ...rest }) => sum + ('metricName' in rest && !String(rest.metricName).endsWith('_count') && String(rest.metricName) !== `parley_${name}` ? 0 : value), 0) ?? 0,
    });
  };
  const reports = async () => (await moderation.cases({ in: 'all', notAbout: newUserId(), status: 'open', at: Date.now(), limit: 100 })).cases;
  const ready = (worker: Moderation) => waitFor('the rules', () => worker.rulesVersion !== null);
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });
  return { server, store, moderation, deadLetters, log, appenders, owner, send, must, openRoom, join, events, fateOf, work, ready, reports };
};

import { cmidKey, evolve, messageChange, NOBODY, standingChange, type CmidRecord, type LogEntry, type MessageTarget, type RoomState, type Standing, type Store, type Watermark } from '@parley/domain';
import type { EventId, UserId } from '@parley/protocol';
import type { ModelLog } from './model-log.ts';
import type { Owner, Schedule } from './schedule.ts';
import type { System } from './system.ts';

/** The store and the persistence worker that feeds it from the log, both in one: each call and each intake is atomic. */
export class ModelStore {
  away = false;
  watermark: Watermark | null = null;
  readonly #schedule: Schedule;
  readonly #log: ModelLog;
  readonly #system: System;
  readonly #cmids = new Map<string, CmidRecord>();
  readonly #members = new Map<UserId, Standing>();
  readonly #messages = new Map<EventId, MessageTarget>();

  constructor(schedule: Schedule, log: ModelLog, system: System) {
    this.#schedule = schedule;
    this.#log = log;
    this.#system = system;
  }

  /** Takes in up to `count` entries beyond the watermark. */
  ingest(count: number): void {
    let left = count;
    for (const entry of this.#log.all()) {
      if (left === 0) return;
      if (entry.events[0]!.seq <= (this.watermark?.seq ?? 0)) continue;
      this.#take(entry);
      left -= 1;
    }
  }

  #take(entry: LogEntry): void {
    let state: RoomState | null = this.watermark?.state ?? null;
    for (const event of entry.events) {
      state = evolve(state, event);
      const key = event.cmid && cmidKey(event.by, event.cmid);
      if (key && !this.#cmids.has(key)) this.#cmids.set(key, { epoch: event.epoch, seq: event.seq, id: event.id });
      const standing = standingChange(event);
      if (standing) this.#members.set(standing.userId, { ...(this.#members.get(standing.userId) ?? NOBODY), ...standing.change });
      const message = messageChange(event);
      if (message) this.#messages.set(message.id, { ...this.#messages.get(message.id)!, ...message.change });
    }
    const { epoch, seq, id } = entry.events.at(-1)!;
    this.watermark = { logId: this.#log.id, epoch, seq, position: entry.position, lastId: id, state: state! };
  }

  /** The store as one gateway reaches it. */
  connect(owner: Owner): Store {
    const call = <T>(query: () => T): Promise<T> =>
      this.#schedule.call(owner, () => {
        if (this.away) throw new this.#system.StoreUnavailable('away');
        return query();
      });
    const unused = () => { throw new Error('not part of the model'); };
    return {
      seed: () => call(() => this.watermark),
      findCmids: (_, keys) => call(() => {
        const found = new Map<string, CmidRecord>();
        for (const { by, cmid } of keys) {
          const record = this.#cmids.get(cmidKey(by, cmid));
          if (record) found.set(cmidKey(by, cmid), record);
        }
        return found;
      }),
      findTargets: (_, { members, messages }) => call(() => ({
        members: new Map(members.map((id) => [id, this.#members.get(id) ?? NOBODY])),
        messages: new Map(messages.map((id) => [id, this.#messages.get(id) ?? null])),
      })),
      history: unused, archive: unused, listRooms: unused, members: unused, createUser: unused, findUsers: unused, reportBroken: async () => {}, noteSeen: unused, lastSeen: unused, close: unused,
    };
  }
}

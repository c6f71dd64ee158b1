import { evolve, newCmid, newUserId, realChance, roomIdOf, shardOf, type Actor, type LogEntry, type NewEntry, type NewEvent, type Position, type RoomLog, type RoomRef, type RoomState, type Shard } from '@parley/domain';
import type { Cmid, EventId, EventType, RoomEvent, RoomId, RoomKind, UserId } from '@parley/protocol';

export type ScriptedEvent = NewEvent & { by?: UserId | null; cmid?: Cmid | null };
export type ScriptedEntry = { ref: RoomRef; entry: LogEntry };

export const actor = (name: string): Actor => ({ id: newUserId(), name });

const newRoomId = (shard: Shard | undefined): RoomId => {
  for (;;) {
    const roomId = roomIdOf(newUserId(), newCmid());
    if (shard === undefined || shardOf(roomId) === shard) return roomId;
  }
};

/** Writes the log of one room as an appender would: dense, chained, over epochs. Without a log of its own: positions count up from 1. */
export class RoomScript {
  readonly roomId: RoomId;
  readonly owner: Actor;
  readonly entries: ScriptedEntry[] = [];
  state: RoomState | null = null;
  epoch = 1;
  position: Position = 0;

  constructor(options: { shard?: Shard; owner?: Actor } = {}) {
    this.roomId = newRoomId(options.shard);
    this.owner = options.owner ?? actor('Ada');
  }

  get seq(): number {
    return this.state?.seq ?? 0;
  }

  get lastId(): EventId | null {
    return this.state?.lastId ?? null;
  }

  get ref(): RoomRef {
    return { roomId: this.roomId, epoch: this.epoch };
  }

  get events(): RoomEvent[] {
    return this.entries.flatMap(({ entry }) => entry.events);
  }

  /** Another writer of the same room, who goes on from here on a way of their own. */
  branch(): RoomScript {
    return Object.assign(new RoomScript(), this, { entries: [...this.entries] });
  }

  /** What the next entry would be; nothing changes. */
  draft(...events: ScriptedEvent[]): NewEntry {
    return {
      events: events.map(({ by = this.owner.id, cmid = by === null ? null : newCmid(), ...event }, n): RoomEvent =>
        ({ ...event, roomId: this.roomId, epoch: this.epoch, seq: this.seq + n + 1, id: realChance.eventId(), by, at: Date.now(), cmid })),
      prevId: this.lastId,
    };
  }

  /** Takes an entry as written at `position`. */
  accept(entry: NewEntry, position: Position): ScriptedEntry {
    for (const event of entry.events) this.state = evolve(this.state, event);
    this.position = position;
    const written = { ref: this.ref, entry: { ...entry, position } };
    this.entries.push(written);
    return written;
  }

  /** Writes an entry without a log. */
  say(...events: ScriptedEvent[]): ScriptedEntry {
    return this.accept(this.draft(...events), this.position + 1);
  }

  /** Writes an entry into a log. */
  async append(log: RoomLog, ...events: ScriptedEvent[]): Promise<ScriptedEntry> {
    const entry = this.draft(...events);
    return this.accept(entry, await log.append(this.ref, entry, this.position));
  }

  /** The event that opens the next epoch; from then on this script is there. */
  nextEpoch(reason = 'a test'): ScriptedEvent {
    const data = { prevEpoch: this.state!.epoch, prevSeq: this.seq, prevId: this.lastId!, reason };
    this.epoch += 1;
    this.position = 0;
    return { type: 'epoch.opened', data, by: null };
  }
}

export const created = (owner: Actor, name = 'lobby', kind: RoomKind = 'public'): ScriptedEvent[] => [
  { type: 'room.created', data: { name, kind } },
  { type: 'member.joined', data: { userId: owner.id, name: owner.name, role: 'owner' } },
];
export const joined = (user: Actor): ScriptedEvent => ({ type: 'member.joined', data: { userId: user.id, name: user.name, role: 'member' }, by: user.id });
export const said = (body: string, by: Actor, cmid: Cmid = newCmid()): ScriptedEvent => ({ type: 'message.created', data: { name: by.name, body }, by: by.id, cmid });
export const isOf = <T extends EventType>(type: T) => (event: RoomEvent): event is Extract<RoomEvent, { type: T }> => event.type === type;

/** A script with its room created by `owner`. */
export const openRoom = (options: { shard?: Shard; owner?: Actor; name?: string; kind?: RoomKind } = {}): RoomScript => {
  const script = new RoomScript(options);
  script.say(...created(script.owner, options.name, options.kind));
  return script;
};

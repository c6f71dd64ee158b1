import { evolve, type Chance, type Decision, type NewEvent, type RoomCommand, type RoomState } from '@parley/domain';
import type { Role, RoomEvent, UserId } from '@parley/protocol';
import type { FoldedRoom } from './folded-room.ts';
import { Rows } from './rows.ts';

/** A room as it will be once the entry being put together is appended. Leaves the folded room as it is. */
export class Draft {
  readonly events: RoomEvent[] = [];
  readonly rows: Rows;
  state: RoomState | null;
  readonly #room: FoldedRoom;
  readonly #chance: Chance;
  /** When all of it happens: what is decided and what is written are of one moment. */
  readonly now: number;

  constructor(room: FoldedRoom, chance: Chance) {
    this.#room = room;
    this.#chance = chance;
    this.now = chance.now();
    this.state = room.state;
    this.rows = new Rows(room.rows);
    const { cursor } = room;
    if (cursor.mustOpen && cursor.lastId !== null) {
      const data = { prevEpoch: cursor.epoch - 1, prevSeq: cursor.seq, prevId: cursor.lastId, reason: 'the log moved' };
      this.#add({ type: 'epoch.opened', data }, null);
    }
  }

  role(userId: UserId): Role | null {
    return this.state?.roles[userId] ?? this.rows.member(userId)?.role ?? null;
  }

  /** The events with their envelopes, not yet added. */
  enclose({ events: decided, hide }: Extract<Decision, { ok: true }>, command: RoomCommand): RoomEvent[] {
    const events = decided.map((event, n) => this.#envelope(event, command, n));
    const [said] = events;
    if (hide === undefined || !said) return events;
    const messageId = said.type === 'message.edited' ? said.data.messageId : said.id;
    return [...events, this.#envelope({ type: 'message.hidden', data: { messageId, reason: hide } }, null, events.length)];
  }

  add(events: readonly RoomEvent[]): void {
    for (const event of events) {
      this.state = evolve(this.state, event);
      this.rows.fold(event);
      this.events.push(event);
    }
  }

  #add(event: NewEvent, command: RoomCommand | null): void {
    this.add([this.#envelope(event, command, 0)]);
  }

  #envelope(event: NewEvent, command: RoomCommand | null, n: number): RoomEvent {
    return {
      roomId: this.#room.cursor.roomId,
      epoch: this.#room.cursor.epoch,
      seq: (this.state?.seq ?? 0) + 1 + n,
      id: this.#chance.eventId(),
      ...event,
      by: command?.by?.id ?? null,
      at: this.now,
      cmid: command?.cmid ?? null,
      ...(command?.trace === undefined ? {} : { trace: command.trace }),
    };
  }
}

import type { Cmid, EventId, Role, RoomEvent, UserId } from '@parley/protocol';
import { targetsOf, type Actor, type CommandBody, type RoomCommand } from '../command.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decide/decision.ts';
import { evolve } from '../evolve.ts';
import { roomIdOf } from '../room-id.ts';
import { messageChange, NOBODY, standingChange, type MessageTarget, type Standing } from '../standing.ts';
import type { NewEvent, RoomState } from '../state.ts';

export const actor = (name: string): Actor => ({ id: `u${name}` as UserId, name });
const ROOM = roomIdOf(actor('ann').id, 'c' as Cmid);

/** A room kept in the simplest way: the whole log, and members and messages as they follow from it. */
export class RoomBook {
  readonly log: RoomEvent[] = [];
  /** Milliseconds since 1970; a test moves it on. */
  now = 1_000;
  readonly standings = new Map<UserId, Standing>();
  readonly messages = new Map<EventId, MessageTarget>();
  state: RoomState | null = null;

  /** Who is a member, as what. */
  get members(): Map<UserId, Role> {
    return new Map([...this.standings].flatMap(([userId, { role }]) => (role ? [[userId, role]] : [])));
  }

  /** What the rules say, with nothing done. */
  ask(by: Actor | null, body: CommandBody): Decision {
    const command: RoomCommand = { ...body, roomId: ROOM, by, cmid: `c${this.log.length}` as Cmid };
    const keys = targetsOf(command);
    return decide(this.state, command, {
      members: new Map(keys.members.map((id) => [id, this.standings.get(id) ?? NOBODY])),
      messages: new Map(keys.messages.map((id) => [id, this.messages.get(id) ?? null])),
    }, this.now);
  }

  /** The code of the rejection, or the types of the events that followed. */
  do(by: Actor | null, body: CommandBody): string {
    const decision = this.ask(by, body);
    if (!decision.ok) return decision.code;
    for (const event of decision.events) this.append(event, by);
    return decision.events.map(({ type }) => type).join(' ');
  }

  append(event: NewEvent, by: Actor | null): void {
    const seq = this.log.length + 1;
    const full = { roomId: ROOM, epoch: 1, seq, id: `E${seq}` as EventId, ...event, by: by?.id ?? null, at: this.now, cmid: null } as RoomEvent;
    this.state = evolve(this.state, full);
    this.log.push(full);
    const standing = standingChange(full);
    if (standing) this.standings.set(standing.userId, { ...(this.standings.get(standing.userId) ?? NOBODY), ...standing.change });
    const message = messageChange(full);
    if (message) this.messages.set(message.id, { ...this.messages.get(message.id)!, ...message.change });
  }

  /** The id of the last message said. */
  get said(): EventId {
    return [...this.messages.keys()].at(-1)!;
  }
}

/** A room of Ann's with Mia as moderator and Ben as member. */
export const roomOfThree = (kind: 'public' | 'private' = 'public'): RoomBook => {
  const book = new RoomBook();
  book.do(actor('ann'), { name: 'room:create', kind, title: 'three' });
  for (const user of [actor('mia'), actor('ben')]) book.do(actor('ann'), { name: 'member:add', user });
  book.do(actor('ann'), { name: 'member:role', userId: actor('mia').id, role: 'moderator' });
  return book;
};

export const directRoom = (): RoomBook => {
  const book = new RoomBook();
  book.do(actor('ann'), { name: 'room:create', kind: 'direct', peer: actor('ben') });
  return book;
};

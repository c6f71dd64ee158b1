import { roomIdOf, type Actor, type CommandBody, type RoomCommand } from '@parley/domain';
import type { After, Cmid, EventId, RoomEvent, UserId } from '@parley/protocol';
import type { Schedule } from './schedule.ts';

export const ACTORS: readonly Actor[] = ['a', 'b', 'c', 'd'].map((name) => ({ id: `u${name}` as UserId, name }));
const CREATOR = ACTORS[0]!;
export const ROOM = roomIdOf(CREATOR.id, 'create' as Cmid);

/** What a user wants done: sent once, or again and again, under one cmid. */
export type Intent = {
  by: Actor | null;
  cmid: Cmid;
  /** A sender that breaks the rules sends another body under the same cmid. */
  bodies: CommandBody[];
  after: After | 'fresh' | undefined;
  /** Made for one call: never sent again. */
  once: boolean;
};

export const commandOf = ({ by, cmid, after }: Intent, body: CommandBody): RoomCommand => ({ ...body, roomId: ROOM, by, cmid, after });

/** What clients think of to ask for. */
export class Script {
  readonly #schedule: Schedule;
  #count = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  creation(): Intent {
    return { by: CREATOR, cmid: 'create' as Cmid, bodies: [{ name: 'room:create', kind: 'public', title: 'sim' }], after: undefined, once: false };
  }

  seal(): Intent {
    return { by: null, cmid: this.#cmid(), bodies: [{ name: 'epoch:seal', reason: 'sim' }], after: 'fresh', once: true };
  }

  /** What any open room accepts, whatever became of its members. */
  probe(): Intent {
    return { by: { id: 'uprobe' as UserId, name: 'probe' }, cmid: this.#cmid(), bodies: [{ name: 'room:join' }], after: 'fresh', once: true };
  }

  next(truth: readonly RoomEvent[], ends: readonly After[]): Intent {
    const schedule = this.#schedule;
    const by = schedule.pick(ACTORS);
    const bodies = [this.#body(truth)];
    if (schedule.chance(0.1)) bodies.push(this.#body(truth));
    const once = schedule.chance(0.1);
    return { by, cmid: this.#cmid(), bodies, once, after: once ? 'fresh' : this.#after(ends) };
  }

  /** What the sender knew: any point it may have been at, or nothing it tells of. */
  #after(ends: readonly After[]): After | undefined {
    if (ends.length === 0 || this.#schedule.chance(0.25)) return undefined;
    const dice = this.#schedule.random();
    if (dice < 0.5) return ends.at(-1);
    // Where a log was lost, some knew more of it than there is now.
    return dice < 0.75 ? ends.reduce((a, b) => (b.seq > a.seq ? b : a)) : this.#schedule.pick(ends);
  }

  #cmid(): Cmid {
    this.#count += 1;
    return `c${this.#count}` as Cmid;
  }

  #body(truth: readonly RoomEvent[]): CommandBody {
    const schedule = this.#schedule;
    const dice = schedule.random();
    const userId = schedule.pick(ACTORS);
    const said = truth.filter((event) => event.type === 'message.created');
    const messageId = said.length > 0 ? schedule.pick(said).id : ('E0' as EventId);
    if (dice < 0.38) return { name: 'message:send', body: 'x'.repeat(1 + schedule.below(120)) };
    if (dice < 0.51) return { name: 'room:join' };
    if (dice < 0.57) return { name: 'room:leave' };
    if (dice < 0.63) return { name: 'message:edit', messageId, body: 'edited' };
    if (dice < 0.68) return { name: 'message:delete', messageId };
    if (dice < 0.72) return { name: 'member:add', user: userId };
    if (dice < 0.75) return { name: 'member:remove', userId: userId.id };
    if (dice < 0.8) return { name: 'member:role', userId: userId.id, role: schedule.pick(['member', 'moderator', 'owner'] as const) };
    if (dice < 0.95) return this.#act(userId.id, messageId);
    if (dice < 0.98) return { name: 'room:update', topic: `t${schedule.below(3)}` };
    return schedule.chance(0.5) ? { name: 'room:update', readOnly: schedule.chance(0.3) } : { name: 'room:update', slowModeMs: schedule.pick([0, 20, 60]) };
  }

  /** Of a moderator. Some sanctions run out while the history goes on. */
  #act(userId: UserId, messageId: EventId): CommandBody {
    const schedule = this.#schedule;
    const forMs = schedule.chance(0.5) ? null : 1 + schedule.below(80);
    return schedule.pick<CommandBody>([
      { name: 'member:ban', userId, forMs, reason: 'sim' }, { name: 'member:mute', userId, forMs, reason: 'sim' },
      { name: 'member:unban', userId }, { name: 'member:unmute', userId },
      { name: 'message:hide', messageId, reason: 'sim' }, { name: 'message:restore', messageId },
    ]);
  }
}

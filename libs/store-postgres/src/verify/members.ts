import type { Database } from '@parley/postgres';
import type { RoomEvent, RoomId, UserId } from '@parley/protocol';
import type { Kysely } from 'kysely';
import type { Findings } from './findings.ts';
import { TooMuch } from './too-much.ts';

type Member = { name: string; role: string; joinedSeq: number };

const PAGE = 5_000;

/** Compares the projected members with what the events come to. Holds the room's members. */
export class MembersCheck {
  checked = 0;
  readonly #members = new Map<UserId, Member>();
  readonly #maxHeld: number;

  constructor(maxHeld: number) {
    this.#maxHeld = maxHeld;
  }

  /** Throws {@link TooMuch}. */
  take(event: RoomEvent): void {
    if (event.type === 'member.joined') {
      this.#members.set(event.data.userId, { name: event.data.name, role: event.data.role, joinedSeq: event.seq });
      if (this.#members.size > this.#maxHeld) throw new TooMuch(`the room has more than ${this.#maxHeld} members`);
    } else if (event.type === 'member.left') this.#members.delete(event.data.userId);
    else if (event.type === 'member.role_changed') {
      const member = this.#members.get(event.data.userId);
      if (member) member.role = event.data.role;
    }
  }

  async end(db: Kysely<Database>, roomId: RoomId, findings: Findings): Promise<void> {
    this.checked = this.#members.size;
    for (let after = ''; ;) {
      const rows = await db.selectFrom('members').select(['user_id', 'name', 'role', 'joined_seq']).where('room_id', '=', roomId).where('user_id', '>', after).orderBy('user_id').limit(PAGE).execute();
      for (const row of rows) {
        const userId = row.user_id as UserId;
        const member = this.#members.get(userId);
        this.#members.delete(userId);
        if (!member) findings.add('member_unknown', `user ${userId}`);
        else if (member.name !== row.name || member.role !== row.role || member.joinedSeq !== row.joined_seq) {
          findings.add('member_differs', `user ${userId}: ${row.role} since ${row.joined_seq}, and is ${member.role} since ${member.joinedSeq}`);
        }
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.user_id;
    }
    for (const [userId, { joinedSeq }] of this.#members) findings.add('member_missing', `user ${userId}`, { seq: joinedSeq });
  }
}

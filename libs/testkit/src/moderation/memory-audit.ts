import { auditedAct, auditedOf, type Audit, type AuditQuery, type ServerAct } from '@parley/domain';
import type { AuditEntry, RoomEvent, UserId } from '@parley/protocol';

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const matches = ({ roomId, by, userId, act, text, from, until }: AuditQuery, entry: AuditEntry): boolean =>
  (roomId === undefined || entry.roomId === roomId) && (by === undefined || entry.by === by) && (userId === undefined || entry.userId === userId) &&
  (act === undefined || entry.act === act) && (from === undefined || entry.at >= from) && (until === undefined || entry.at < until) &&
  (text === undefined || wordsOf(text).every((word) => wordsOf(entry.reason).includes(word)));

const cursorOf = ({ at, id }: AuditEntry): string => `${String(at).padStart(16, '0')}.${id}`;

/** What of a room's events belongs there; they ascend, and have all messages that acts are about. */
const ofRoom = (events: readonly RoomEvent[]): AuditEntry[] => {
  const authors = new Map<string, UserId>();
  return events.flatMap((event) => {
    if (event.type === 'message.created' && event.by) authors.set(event.id, event.by);
    return auditedOf(event, (messageId) => authors.get(messageId) ?? null) ?? [];
  });
};

/** `rooms`: all events of each room as far as the store has them. */
type Sources = { rooms: () => Iterable<readonly RoomEvent[]>; acts: () => readonly ServerAct[] };

export class MemoryAudit implements Audit {
  readonly #sources: Sources;
  readonly #decisions: AuditEntry[] = [];

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  record(decision: AuditEntry): void {
    this.#decisions.push(decision);
  }

  async audit(query: AuditQuery): Promise<{ entries: AuditEntry[]; next: string | null }> {
    const all = [...this.#decisions, ...this.#sources.acts().map(auditedAct), ...[...this.#sources.rooms()].flatMap(ofRoom)].filter((entry) => matches(query, entry)).toSorted((a, b) => (cursorOf(a) < cursorOf(b) ? 1 : -1));
    const isCursor = query.before === undefined || /^\d{16}\./.test(query.before);
    const beyond = all.filter((entry) => isCursor && (query.before === undefined || cursorOf(entry) < query.before));
    const entries = beyond.slice(0, query.limit);
    return { entries, next: beyond.length > entries.length ? cursorOf(entries.at(-1)!) : null };
  }
}

import type { RoomId } from '@parley/protocol';

/** What can be wrong with a room, and what that means. */
export const FINDINGS = {
  halted: 'persistence has stopped this room',
  archive_gap: 'an event is missing from the archive',
  archive_doubled: 'the archive holds another event at a place that is taken, and does not list it as lost',
  archive_chain: 'an entry of the archive does not name its predecessor',
  archive_invalid: 'an event of the archive makes no sense where it stands',
  archive_beyond: 'the archive holds entries beyond the watermark',
  watermark_state: 'the state kept with the watermark is not what the archive comes to',
  log_gap: 'the log lacks an entry that the watermark or its own later entries stand on',
  log_chain: 'an entry of the log does not name its predecessor',
  log_differs: 'the log and the archive hold different entries at one place',
  log_not_archived: 'an entry of the log below the watermark is not in the archive',
  cmid_missing: 'a command is not in the table that keeps it from being done twice',
  cmid_differs: 'that table says that a command led to another event',
  cmid_unknown: 'that table holds commands that no event came from',
  message_missing: 'a message is not in the projection',
  message_differs: 'the projection shows a message other than it is',
  message_unknown: 'the projection holds a message that was never said',
  member_missing: 'a member is not in the projection',
  member_differs: 'the projection shows a member other than they are',
  member_unknown: 'the projection holds a member who is none',
  sanction_missing: 'a mute or a ban is not in the projection',
  sanction_differs: 'the projection shows a mute or a ban other than it is',
  sanction_unknown: 'the projection holds a mute or a ban that nobody imposed, or that was undone',
  last_said_differs: 'slow mode counts from another message than the last one',
  room_missing: 'the room is not in the projection',
  room_differs: 'the projection shows the room other than it is',
} as const;

export type FindingKind = keyof typeof FINDINGS;
/** One disagreement. `seq` and `epoch`: where, if it is at one place. */
export type Finding = { kind: FindingKind; roomId: RoomId; epoch?: number; seq?: number; detail: string };

/** What an archive with a gap says nothing about: the missing events may have brought it about. */
const UNKNOWN_AFTER_GAP: ReadonlySet<FindingKind> = new Set(['cmid_unknown', 'message_differs', 'message_unknown', 'member_missing', 'member_differs', 'member_unknown', 'sanction_missing', 'sanction_differs', 'sanction_unknown', 'last_said_differs', 'room_differs']);

/** Of one kind and room; the rest is only counted. */
const KEPT = 20;

/** The disagreements of one room: all are counted, the first of each kind are kept. */
export class Findings {
  readonly kept: Finding[] = [];
  readonly counts = new Map<FindingKind, number>();
  readonly #roomId: RoomId;

  constructor(roomId: RoomId) {
    this.#roomId = roomId;
  }

  add(kind: FindingKind, detail: string, place: { epoch?: number; seq?: number } = {}): void {
    if (UNKNOWN_AFTER_GAP.has(kind) && this.has('archive_gap')) return;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= KEPT) this.kept.push({ kind, roomId: this.#roomId, ...place, detail });
  }

  has(...kinds: FindingKind[]): boolean {
    return kinds.some((kind) => this.counts.has(kind));
  }
}

import type { ChatClient } from '@parley/chat-client';
import { LIMITS, type RoomEvent, type RoomId } from '@parley/protocol';
import type { CheckedEvent, RoomRecord } from '../checker.ts';
import { waitFor } from '../wait-for.ts';
import { openListener } from './members.ts';

const HISTORY_PAGE = 1_000;

/** One string for each of what is said a million times. */
const interned = new Map<string, string>();
const intern = (text: string): string => {
  const known = interned.get(text);
  if (known === undefined) interned.set(text, text);
  return known ?? text;
};

const checkedOf = ({ roomId, epoch, seq, id, type, by, cmid }: RoomEvent): CheckedEvent =>
  ({ roomId: intern(roomId), epoch, seq, id, type: intern(type), by: by === null ? null : intern(by), cmid });

/** Every message of a room's history, page by page from its end. */
const readHistory = async (reader: ChatClient, roomId: RoomId): Promise<{ seq: number; id: string }[]> => {
  const room = reader.joinRoom(roomId);
  const pages: { seq: number; id: string }[][] = [];
  for (let before: number | undefined; ;) {
    const { messages, more } = await room.history(before, HISTORY_PAGE);
    pages.push(messages.map(({ seq, id }) => ({ seq, id })));
    if (!more) return pages.toReversed().flat();
    before = messages[0]?.seq;
  }
};

/** Rooms read at once: well below what a client may have under way, a few requests each. */
const AT_ONCE = 20;

const readRooms = async (reader: ChatClient, roomIds: readonly RoomId[], deadlineMs: number): Promise<RoomRecord[]> => {
  const events = new Map<RoomId, CheckedEvent[]>(roomIds.map((roomId) => [roomId, []]));
  const { rooms } = await openListener(reader, 'reader', roomIds, (event) => events.get(event.roomId)?.push(checkedOf(event)));
  const heads = new Map(await Promise.all(rooms.map(async (room) => [room, (await room.history(undefined, 1)).seq] as const)));
  const longest = Math.max(...heads.values());
  if (longest > LIMITS.syncGap) throw new Error(`a room of ${longest} events cannot be read back: take more rooms`);
  await waitFor('the reader to have every room', () => [...heads].every(([room, seq]) => (room.cursor?.seq ?? 0) >= seq), { deadlineMs });
  const records: RoomRecord[] = [];
  for (const room of rooms) {
    records.push({ roomId: room.id, events: events.get(room.id) ?? [], history: await readHistory(reader, room.id) });
    room.close();
  }
  return records;
};

/** What the rooms hold in the end, as a newcomer reads it: the log by syncing, which goes back {@link LIMITS.syncGap} events, the history by paging. */
export const readBack = async (reader: ChatClient, roomIds: readonly RoomId[], deadlineMs: number): Promise<RoomRecord[]> => {
  const records: RoomRecord[] = [];
  for (let from = 0; from < roomIds.length; from += AT_ONCE) records.push(...(await readRooms(reader, roomIds.slice(from, from + AT_ONCE), deadlineMs)));
  return records;
};

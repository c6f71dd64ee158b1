import type { RoomLog, RoomRef } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { readMarks, TooMuch, witnessOf, type LogWitness } from '@parley/store-postgres';
import type { Kysely } from 'kysely';

/** A room may be trimmed while it is read. */
const TRIES = 5;
const PAGE = 500;
/** Entries of one room, as digests: about 60 MB. */
const MAX_ENTRIES = 200_000;

/** One epoch, all that is kept of it. `null`: it was trimmed meanwhile. */
const readEpoch = async (log: RoomLog, ref: RoomRef, held: number): Promise<LogWitness[] | null> => {
  const found: LogWitness[] = [];
  for (let from = 0; ;) {
    const { entries, atEnd } = await log.read(ref, from, PAGE);
    if (from !== 0 && entries[0]?.position !== from) return null;
    for (const entry of entries) if (entry.position > from) found.push(witnessOf(ref, entry));
    if (held + found.length > MAX_ENTRIES) throw new TooMuch(`more than ${MAX_ENTRIES} entries of the room are in the log`);
    const last = entries.at(-1);
    if (atEnd || !last) return found;
    from = last.position;
  }
};

/**
 * What the log has of a room, from the watermark's epoch on. Read before the snapshot it is compared with, so that nothing
 * in it is unknown there but what was not taken in yet.
 */
export const readWitness = async (log: RoomLog, db: Kysely<Database>, roomId: RoomId): Promise<{ entries: LogWitness[]; lacking: string | null }> => {
  for (let tries = 1; ; tries += 1) {
    const mark = (await readMarks(db, [roomId])).get(roomId);
    const isHere = mark?.logId === log.id;
    const entries: LogWitness[] = [];
    let trimmed = false;
    // A room whose log is another one has not opened its next epoch in this one, or lately.
    for (let epoch = mark && !isHere ? mark.epoch + 1 : (mark?.epoch ?? 1); ; epoch += 1) {
      const read = await readEpoch(log, { roomId, epoch }, entries.length);
      trimmed ||= read === null;
      if (!read?.length) break;
      entries.push(...read);
    }
    const hasMark = !mark || !isHere || entries.some(({ epoch, lastSeq }) => epoch === mark.epoch && lastSeq === mark.seq);
    if (!trimmed && hasMark) return { entries, lacking: null };
    // Persistence may have moved on and trimmed since the watermark was read.
    const now = (await readMarks(db, [roomId])).get(roomId);
    const stood = now?.epoch === mark?.epoch && now?.seq === mark?.seq && now?.logId === mark?.logId;
    if (!trimmed && stood) return { entries, lacking: `the entry of the watermark, ${mark?.epoch}/${mark?.seq}` };
    if (tries === TRIES) throw new TooMuch('the room’s log was trimmed each time it was read');
  }
};

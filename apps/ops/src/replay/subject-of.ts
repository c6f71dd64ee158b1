import type { DeadLetter, RoomRef } from '@parley/domain';
import { parseRoomSubject } from '@parley/nats';
import { roomIdSchema } from '@parley/protocol';

/** What a letter of persistence is about. */
export type Subject =
  /** An event in the archive that a projection failed on. */
  | { is: 'projection'; ref: RoomRef }
  /** An entry in the log that was not taken in. */
  | { is: 'entry'; ref: RoomRef; position: number };

const refOf = (roomId: string | undefined, epoch: string | undefined): RoomRef | null => {
  const parsed = roomIdSchema.safeParse(roomId);
  return parsed.success && /^[1-9]\d*$/.test(epoch ?? '') ? { roomId: parsed.data, epoch: Number(epoch) } : null;
};

const PROJECTION = /^([^/@]+)\/(\d+)\/(\d+)$/;
const ENTRY = /^([^/@]+)\/(\d+)@(\d+)$/;
const UNDECODABLE = /^(.+)@(\d+)$/;

/** By its source, as persistence writes it: see `project/apply.ts` and `shard-worker.ts`. `null`: of a kind that is not known here. */
export const subjectOf = ({ source }: Pick<DeadLetter, 'source'>): Subject | null => {
  const projection = PROJECTION.exec(source);
  if (projection) return ref(refOf(projection[1], projection[2]), (found) => ({ is: 'projection', ref: found }));
  const entry = ENTRY.exec(source);
  if (entry) return ref(refOf(entry[1], entry[2]), (found) => ({ is: 'entry', ref: found, position: Number(entry[3]) }));
  const undecodable = UNDECODABLE.exec(source);
  return ref(parseRoomSubject(undecodable?.[1] ?? '')?.ref ?? null, (found) => ({ is: 'entry', ref: found, position: Number(undecodable![2]) }));
};

const ref = (found: RoomRef | null, subject: (ref: RoomRef) => Subject): Subject | null => (found ? subject(found) : null);

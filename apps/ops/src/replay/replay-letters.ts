import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter, DeadLetters, Reports } from '@parley/domain';
import type { Database } from '@parley/postgres';
import type { RoomId } from '@parley/protocol';
import { letGoOn, readMarks, rebuildRoom } from '@parley/store-postgres';
import type { Kysely } from 'kysely';
import { isOfModeration, replayModeration } from './replay-moderation.ts';
import { subjectOf, type Subject } from './subject-of.ts';

export type ReplayOptions = {
  letters: readonly DeadLetter[];
  deadLetters: DeadLetters;
  db: Kysely<Database>;
  reports: Pick<Reports, 'report'>;
  /** No worker runs. */
  isAtRest: boolean;
  /** What a worker has to take an entry in. Default 30 000. */
  takenInWithinMs?: number;
};

/** `failure`: why it was kept. */
export type Replayed = { letter: DeadLetter; failure: string | null };

const LOOK_EVERY_MS = 200;

/** Letters of one room together: what brings one of them about brings about all. Each is removed only once that is committed. */
export async function* replayLetters(options: ReplayOptions): AsyncGenerator<Replayed> {
  const [moderated, others] = [options.letters.filter(isOfModeration), options.letters.filter((letter) => !isOfModeration(letter))];
  for (const letter of moderated) yield { letter, failure: await replayModeration(letter, { ...options, now: Date.now() }) };
  const known = others.map((letter) => ({ letter, subject: subjectOf(letter) }));
  for (const { letter, subject } of known) if (!subject) yield { letter, failure: 'it is not known how to replay this: drop it once it is of no use' };
  const byRoom = Map.groupBy(known.flatMap(({ letter, subject }) => (subject ? [{ letter, subject }] : [])), ({ subject }) => subject.ref.roomId);
  for (const [roomId, own] of byRoom) {
    const projections = own.filter(({ subject }) => subject.is === 'projection').map(({ letter }) => letter);
    if (projections.length > 0) yield* replayProjections(options, roomId, projections);
    for (const { letter, subject } of own) if (subject.is === 'entry') yield { letter, failure: await replayEntry(options, letter, subject) };
  }
}

async function* replayProjections({ db, deadLetters }: ReplayOptions, roomId: RoomId, letters: readonly DeadLetter[]): AsyncGenerator<Replayed> {
  const failed = new Map<string, DeadLetter>();
  const found = await rebuildRoom(db, roomId, { deadLetters: { put: async (letter) => {
    // One of ours is kept as it is; another is new.
    if (!letters.some(({ id }) => id === letter.id)) await deadLetters.put(letter);
    failed.set(letter.id, letter);
  } } });
  for (const letter of letters) {
    const again = failed.get(letter.id);
    if (found && !again) await deadLetters.remove(letter.id);
    yield { letter, failure: again ? `it failed again: ${again.reason}` : found ? null : 'there is no such room' };
  }
}

const replayEntry = async ({ db, deadLetters, isAtRest, takenInWithinMs = 30_000 }: ReplayOptions, letter: DeadLetter, { ref, position }: Subject & { is: 'entry' }): Promise<string | null> => {
  const reached = async (): Promise<boolean> => {
    const mark = (await readMarks(db, [ref.roomId])).get(ref.roomId);
    return mark !== undefined && (mark.epoch > ref.epoch || (mark.epoch === ref.epoch && mark.position >= position));
  };
  const halted = async (): Promise<string | null> =>
    (await db.selectFrom('watermarks').select('halted').where('room_id', '=', ref.roomId).executeTakeFirst())?.halted ?? null;

  if (!(await reached())) {
    if (isAtRest) return 'a worker has to run to take it in: start Parley first';
    await letGoOn(db, ref.roomId);
    const deadline = performance.now() + takenInWithinMs;
    while (!(await reached())) {
      const reason = await halted();
      if (reason !== null) return `the room was halted again: ${reason}`;
      if (performance.now() > deadline) return `no worker has taken it in within ${takenInWithinMs / 1_000} s`;
      await sleep(LOOK_EVERY_MS);
    }
  }
  await deadLetters.remove(letter.id);
  return null;
};

import { shardOf, type NewEntry, type Position, type RoomRef } from '@parley/domain';
import { HEADS_CHANNEL } from './heads-channel.ts';

export type PendingAppend = {
  ref: RoomRef;
  /** JSON of the events. */
  events: string;
  bytes: number;
  firstSeq: number;
  lastSeq: number;
  prevId: NewEntry['prevId'];
  expected: Position;
  resolve(position: Position): void;
  reject(error: unknown): void;
};

export const refKey = ({ roomId, epoch }: RoomRef): string => `${roomId}/${epoch}`;

/**
 * All appends of a flush, of different logs, in one statement and so in one commit. Answers the logs it stored to; the others are conflicts.
 *
 * The rows that decide are locked in the order of their keys, and new ones are inserted, in that order too, only after
 * all those: two such statements never wait for each other. A row that was waited for is compared anew in its newest version.
 * The sub-selects on `locked` and `moved` are what makes Postgres run the parts in this order.
 */
const textOf = (told: string): string => `
with input as materialized (
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
    as i (room_id, epoch, shard, first_seq, last_seq, expected, prev_id, events)
), locked as materialized (
  select h.room_id from log_heads h join input i on h.room_id = i.room_id and h.epoch = i.epoch
  where i.expected > 0 order by h.room_id, h.epoch for update of h
), moved as (
  update log_heads h set position = i.last_seq from input i
  where h.room_id = i.room_id and h.epoch = i.epoch and h.position = i.expected and i.expected > 0 and (select count(*) from locked) >= 0
  returning h.room_id, h.epoch
), made as (
  insert into log_heads (room_id, epoch, shard, position)
  select room_id, epoch, shard, last_seq from input where expected = 0 and (select count(*) from moved) >= 0 order by room_id, epoch
  on conflict do nothing
  returning room_id, epoch
), won as (
  select i.* from input i join (select room_id, epoch from moved union all select room_id, epoch from made) as w on w.room_id = i.room_id and w.epoch = i.epoch
), stored as (
  insert into log_entries (room_id, epoch, first_seq, last_seq, log_id, position, prev_id, events)
  select room_id, epoch, first_seq, last_seq, $9, last_seq, prev_id, events::json from won
)
select room_id, epoch${told} from won`;

const ALONE = textOf('');
/** Postgres tells notifications in the order of commits, and only of what was committed. */
const AMONG_OTHERS = textOf(`, pg_notify('${HEADS_CHANNEL}', room_id || ' ' || epoch || ' ' || first_seq || ' ' || last_seq)`);

/** `notify`: tells the heads to all sessions that listen. */
export const appendStatement = (logId: string, notify: boolean, batch: readonly PendingAppend[]) => ({
  name: 'room-log-append',
  text: notify ? AMONG_OTHERS : ALONE,
  values: [
    batch.map(({ ref }) => ref.roomId),
    batch.map(({ ref }) => ref.epoch),
    batch.map(({ ref }) => shardOf(ref.roomId)),
    batch.map(({ firstSeq }) => firstSeq),
    batch.map(({ lastSeq }) => lastSeq),
    batch.map(({ expected }) => expected),
    batch.map(({ prevId }) => prevId),
    batch.map(({ events }) => events),
    logId,
  ],
});

import { sanctionChangeOf } from '../feed/sanction-change.ts';
import type { Context } from './context.ts';
import type { Accepted } from './submit.ts';
import { ProtocolError, type RoomEvent, type RoomId } from '@parley/protocol';

/**
 * Tells the users concerned, on whichever gateway; those of their sockets that listen to the room hear it from its feed.
 * Who was banned listens no longer.
 */
export const announceSanctions = ({ io }: Context, { events }: Accepted): void => {
  for (const event of events) {
    const change = sanctionChangeOf(event);
    if (change) io.to(change.userId).except(change.kind === 'mute' ? event.roomId : []).emit('sanction:changed', change.payload);
  }
};

/** How many events a mute or a ban appends at most. */
const EVENTS = 2;

/** What the event says of a mute or ban that was imposed by an earlier try: the same cmid gets the same answer. */
export const untilOf = async ({ appenders, store }: Context, { roomId }: { roomId: RoomId }, { events, seq }: Accepted): Promise<number | null> => {
  const from = (known: readonly RoomEvent[] | undefined) => known?.filter((event) => event.seq >= seq && event.seq < seq + EVENTS) ?? [];
  const caused = [() => events, () => appenders.recent(roomId, seq - 1)?.events, async () => (await store.archive(roomId, seq - 1, EVENTS)).events];
  for (const find of caused) {
    const found = from(await find());
    for (const event of found) if (event.type === 'member.muted' || event.type === 'member.banned') return event.data.until;
    if (found.length > 0) throw new ProtocolError('bad_request', 'this cmid was used for another command');
  }
  throw new ProtocolError('unavailable', 'it is done; until when cannot be told at present');
};

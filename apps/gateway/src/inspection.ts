import type { ListenedRoom, NodePage, NodePageQuery, SocketReport } from '@parley/domain';
import type { Feeds } from './feed/feeds.ts';
import type { Addresses } from './limits/addresses.ts';
import { bufferedBytes, type Buffered } from './socket/buffered.ts';
import type { ClientSocket, Io } from './socket/io.ts';
import { isRoomId } from './socket/is-room-id.ts';

/** What an operator may see of a gateway. Answered from memory. */
export type Inspection = {
  counts(): { sockets: number; users: number; rooms: number };
  sockets(query: NodePageQuery & { user?: string | undefined }): NodePage<SocketReport>;
  rooms(query: NodePageQuery): NodePage<ListenedRoom>;
};

/** Of a socket's rooms, so that a page of sockets stays small. */
const ROOMS_SHOWN = 10;

export const createInspection = ({ io, feeds, addresses }: { io: Io; feeds: Feeds; addresses: Addresses }): Inspection => {
  const { sockets, adapter } = io.of('/');

  const reportOf = (socket: ClientSocket): SocketReport => {
    const { user } = socket.data.session;
    const rooms = [...socket.rooms].filter(isRoomId);
    return {
      id: socket.id, userId: user.id, userName: user.name, transport: socket.conn.transport.name, since: socket.handshake.issued, address: addresses.of(socket.request) ?? socket.handshake.address,
      rooms: rooms.length, roomIds: rooms.slice(0, ROOMS_SHOWN), bufferedBytes: bufferedBytes(socket.conn as unknown as Buffered),
    };
  };

  return {
    counts: () => ({ sockets: sockets.size, users: new Set([...sockets.values()].map(({ data }) => data.session.user.id)).size, rooms: [...feeds.listened()].length }),
    sockets: ({ user, ...query }) => {
      const chosen = user === undefined ? sockets.values() : [...sockets.values()].filter(({ data: { session } }) => session.user.id === user || session.user.name === user);
      return pageOf(chosen, ({ id }) => id, query, reportOf);
    },
    rooms: (query) => pageOf(feeds.listened(), ({ roomId }) => roomId, query, ({ roomId, epoch, seq, live }) =>
      ({ roomId, epoch, seq, live, listeners: adapter.rooms.get(roomId)?.size ?? 0 })),
  };
};

const pageOf = <T, R>(all: Iterable<T>, idOf: (item: T) => string, { after = '', limit }: NodePageQuery, report: (item: T) => R): NodePage<R> => {
  const rest = [...all].filter((item) => idOf(item) > after).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const items = rest.slice(0, limit);
  return { items: items.map(report), next: rest.length > limit ? idOf(items.at(-1)!) : null };
};

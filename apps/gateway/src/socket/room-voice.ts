import type { RoomId, UserId } from '@parley/protocol';
import type { RoomVoice } from '../feed/voice.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Io } from './io.ts';

/** Every socket of a user is in a Socket.IO room of the user's id, besides the rooms it listens to. */
export const createRoomVoice = (io: Io, metrics: GatewayMetrics): RoomVoice => {
  const { adapter, sockets } = io.of('/');
  const { local } = io;
  return {
    events: (roomId, epoch, events) => {
      const size = adapter.rooms.get(roomId)?.size ?? 0;
      if (size === 0) return;
      metrics.deliveries.inc(size);
      io.local.to(roomId).emit('room:events', { roomId, epoch, events: events as [] });
    },
    head: (roomId, epoch, seq) => void local.to(roomId).emit('room:head', { roomId, epoch, seq }),
    live: (roomId, live) => void local.to(roomId).emit('room:live', { roomId, live }),
    remove: (roomId, userId, why) => {
      for (const id of adapter.rooms.get(userId) ?? []) {
        const socket = sockets.get(id);
        void socket?.leave(roomId);
        socket?.emit('room:removed', { roomId, ...why });
      }
    },
    sanction: (roomId, { userId, payload }) => {
      for (const id of adapter.rooms.get(userId) ?? []) if (adapter.rooms.get(roomId)?.has(id)) sockets.get(id)?.emit('sanction:changed', payload);
    },
    listeners: (roomId: RoomId) => {
      const users = new Set<UserId>();
      for (const id of adapter.rooms.get(roomId) ?? []) {
        const socket = sockets.get(id);
        if (socket) users.add(socket.data.session.user.id);
      }
      return users;
    },
  };
};

import { roomIdSchema, type RoomId } from '@parley/protocol';

/** Of the Socket.IO rooms a socket is in: whether it is one of ours, that it listens to. The others are its own id and its user's. */
export const isRoomId = (room: string): room is RoomId => roomIdSchema.safeParse(room).success;

import type { Head } from '@parley/domain';
import type { RoomId } from '@parley/protocol';

/** Where the logs of one database tell each other the heads of what they stored: room, epoch, first and last `seq`. */
export const HEADS_CHANNEL = 'parley_room_log_heads';

export const parseHead = (payload: string): Head => {
  const [roomId, epoch, firstSeq, seq] = payload.split(' ');
  return { roomId: roomId as RoomId, epoch: Number(epoch), firstSeq: Number(firstSeq), seq: Number(seq), position: Number(seq) };
};

import { ChatClient, signIn, type RoomHandle } from '@parley/chat-client';
import type { RoomEvent, RoomId } from '@parley/protocol';
import type { AckRecord, AppliedEvent, SentRecord } from '../checker.ts';
import type { RecordFile } from './record-file.ts';

/** The fault is what is tested here, not patience after it. */
const TIMINGS = { reconnectMaxMs: 2_000, retryMaxMs: 2_000 };
const SIGN_IN_MS = 30_000;
/** Each lane keeps so few unresolved that none comes near it. */
const OUTBOX_LIMIT = 100_000;
/** A listener follows every room from its first event, so that what it applied is the whole log. */
const FROM_THE_START = { epoch: 1, seq: 0 };

/** A body starts with when it was said, in milliseconds since 1970: always so many digits. */
const SAID_AT_DIGITS = 13;
const saidAtOf = (body: string): number => Number(body.slice(0, SAID_AT_DIGITS));

export const openClient = async (url: string, name: string, transports: readonly ('websocket' | 'polling')[], onFault: (error: unknown) => void): Promise<ChatClient> => {
  const session = await signIn({ url, name, timeoutMs: SIGN_IN_MS });
  const client = new ChatClient({ url, session, transports, keepMessages: 0, outboxLimit: OUTBOX_LIMIT, timings: TIMINGS });
  client.on('fault', ({ error }) => onFault(error));
  client.connect();
  return client;
};

/** One writer in one room: what it says there stays in its order. */
export type Lane = {
  readonly roomId: RoomId;
  readonly writer: string;
  /** Said and not yet acked. */
  readonly unresolved: number;
  /** When the newest of its acked messages was said; 0: none. */
  readonly ackedSaidAt: number;
  say(text: string): void;
};

export type Histories = { sends: RecordFile<SentRecord>; acks: RecordFile<AckRecord> };

export const openLanes = async (client: ChatClient, name: string, roomIds: readonly RoomId[], { sends, acks }: Histories, on: { acked: (lane: Lane) => void; fault: (error: unknown) => void }): Promise<Lane[]> => {
  const by = client.user.id;
  const lanes = new Map(roomIds.map((roomId) => [roomId, { roomId, writer: name, unresolved: 0, ackedSaidAt: 0, say: (_text: string): void => {} }]));
  client.on('outbox', ({ roomId, entry }) => {
    const lane = lanes.get(roomId);
    if (entry.state === 'failed') on.fault(entry.error);
    if (entry.state !== 'sent' || !lane) return;
    // Seen before its ack came: there is no answer to hold the log to, but it must stand there.
    const place = entry.answer ?? { epoch: null, seq: null, id: null };
    acks.append({ roomId, by, cmid: entry.item.cmid, ...place });
    lane.unresolved -= 1;
    if ('body' in entry.item.payload) lane.ackedSaidAt = Math.max(lane.ackedSaidAt, saidAtOf(entry.item.payload.body));
    on.acked(lane);
  });
  const rooms = roomIds.map((roomId) => client.joinRoom(roomId));
  await Promise.all(rooms.map(({ ready }) => ready));
  return rooms.map((room) => {
    const lane = lanes.get(room.id)!;
    lane.say = (text) => {
      const sentAt = Date.now();
      lane.unresolved += 1;
      const cmid = room.send(`${sentAt} ${text}`);
      sends.append({ roomId: room.id, by, cmid, sentAt });
    };
    return lane;
  });
};

export type Listener = {
  readonly name: string;
  readonly client: ChatClient;
  readonly rooms: readonly RoomHandle[];
  /** Per room, when the newest message heard there was said. */
  readonly heardSaidAt: ReadonlyMap<RoomId, number>;
};

export const openListener = async (client: ChatClient, name: string, roomIds: readonly RoomId[], record: (event: RoomEvent) => void): Promise<Listener> => {
  const heardSaidAt = new Map<RoomId, number>();
  client.on('events', ({ roomId, events }) => {
    for (const event of events) {
      record(event);
      if (event.type === 'message.created') heardSaidAt.set(roomId, saidAtOf(event.data.body));
    }
  });
  const rooms = roomIds.map((roomId) => client.joinRoom(roomId, FROM_THE_START));
  await Promise.all(rooms.map(({ ready }) => ready));
  return { name, client, rooms, heardSaidAt };
};

export const appliedOf = ({ roomId, epoch, seq, id }: RoomEvent): AppliedEvent => ({ roomId, epoch, seq, id });

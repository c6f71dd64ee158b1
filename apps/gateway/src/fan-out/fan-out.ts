import type { Namespace } from 'socket.io';
import { Adapter, MessageType, type BroadcastOptions, type ClusterAdapter } from 'socket.io-adapter';
import type { RoomId, ServerEvent, UserId } from '@parley/protocol';

export type AdapterFactory = (namespace: Namespace) => Adapter;
export type RoomUpdate = ServerEvent<'room:events'>;

/** What carries broadcasts between gateways: fast, and allowed to lose them. */
export interface FanOutTransport {
  adapter(namespace: Namespace): ClusterAdapter;
  /** Whether other gateways can be reached at present. */
  readonly live: boolean;
  close(): Promise<void>;
}

/** The protected parts of a cluster adapter that this module stands on; a test says if an upgrade moves them. */
type Inner = {
  publish(message: { type: MessageType; data: unknown }): void;
  onMessage(message: ClusterMessage, offset?: string): void;
};
type ClusterMessage = { type: MessageType; data?: { packet?: Packet; opts?: { rooms?: unknown } } };
type Packet = { type: number; nsp?: string; data: [string, ...unknown[]] };

const EVENTS = 'room:events';
const TYPING = 'typing:changed';
const REPORTS = 'report:changed';
/** Socket.IO's packet type of an event. */
const EVENT_PACKET = 2;

/** Hints of other gateways' appends. */
export type OnUpdate = (update: RoomUpdate) => void;

export type FanOut = {
  readonly adapter: AdapterFactory;
  /** Tells the other gateways. Here nothing is delivered: the room's feed does that. */
  publish(update: RoomUpdate): void;
  /** Tells the other gateways that the queue of these users has changed. Nothing is delivered here. */
  tellOfReports(userIds: readonly UserId[]): void;
};

/** What other gateways say that does not go to the sockets just so. */
export type FanOutEars = {
  onUpdate: OnUpdate;
  /** Whether to deliver who types elsewhere. */
  mayHearTyping?: (roomId: RoomId) => boolean;
  onReports?: (userIds: readonly UserId[]) => void;
};

/** One process: there is nobody else to tell. */
export const createLocalFanOut = (): FanOut => ({ adapter: (namespace) => new Adapter(namespace), publish: () => undefined, tellOfReports: () => undefined });

/**
 * Fan-out over a transport. Unlike the adapter as it is, a broadcast here does not wait for the publish to be answered,
 * and room events of others go to `onUpdate`, which puts them in order and delivers them, instead of straight to the sockets.
 */
export const createClusterFanOut = (transport: FanOutTransport, { onUpdate, mayHearTyping = () => true, onReports = () => undefined }: FanOutEars): FanOut => {
  let root: Inner | null = null;

  const extend = (namespace: Namespace): Adapter => {
    const adapter = transport.adapter(namespace);
    const inner = adapter as unknown as Inner;
    const onMessage = inner.onMessage.bind(adapter);
    inner.onMessage = (message, offset) => {
      const data = message.type === MessageType.BROADCAST ? message.data?.packet?.data : undefined;
      if (data?.[0] === TYPING && !mayHearTyping((data[1] as ServerEvent<typeof TYPING>).roomId)) return;
      if (data?.[0] === REPORTS) return onReports(stringsOf(message.data?.opts?.rooms) as UserId[]);
      if (data?.[0] !== EVENTS) return onMessage(message, offset);
      // From another gateway, maybe of another version: what is no update is dropped, and its events come from the log.
      if (isUpdate(data[1])) onUpdate(data[1]);
    };
    const broadcast = (packet: Packet, options: BroadcastOptions): void => Adapter.prototype.broadcast.call(adapter, packet, options);
    adapter.broadcast = (packet: Packet, options) => {
      if (!options.flags?.local) inner.publish(broadcastOf(packet, [...options.rooms], [...(options.except ?? [])], options.flags));
      broadcast(packet, options);
      return Promise.resolve();
    };
    root = inner;
    return adapter;
  };

  return {
    adapter: extend,
    publish: (update) => root?.publish(broadcastOf({ type: EVENT_PACKET, data: [EVENTS, update] }, [update.roomId], [], {})),
    tellOfReports: (userIds) => root?.publish(broadcastOf({ type: EVENT_PACKET, data: [REPORTS, {}] }, [...userIds], [], {})),
  };
};

const stringsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

/** Enough of the shape for the feed, which checks order and continuity itself. */
const isUpdate = (value: unknown): value is RoomUpdate => {
  if (typeof value !== 'object' || value === null) return false;
  const { roomId, epoch, events } = value as Partial<RoomUpdate>;
  return typeof roomId === 'string' && Number.isSafeInteger(epoch) && Array.isArray(events) && events.length > 0 &&
    events.every((event: unknown) => typeof event === 'object' && event !== null && 'seq' in event && Number.isSafeInteger(event.seq) && 'id' in event && 'data' in event);
};

const broadcastOf = (packet: Packet, rooms: string[], except: string[], flags: unknown) =>
  ({ type: MessageType.BROADCAST, data: { packet, opts: { rooms, except, flags: flags ?? {} } } });

import { afterEach, beforeEach } from 'vitest';
import { ChatClient, type ClientOptions, type RoomHandle, type Timings } from '../index.ts';
import { FakeGateway, roomId, sessionOf } from './fake-gateway.ts';
import { until } from './wait.ts';

export const QUICK: Timings = { connectMs: 2_000, answerMs: 150, reconnectMinMs: 10, reconnectMaxMs: 50, stableMs: 200, gapMs: 5, retryMinMs: 5, retryMaxMs: 40, changeMs: 5_000, spreadMs: 20 };

export type World = {
  /** Of this test alone, with room 1 in it. */
  readonly gateway: FakeGateway;
  readonly clientOf: (user: number, options?: Partial<ClientOptions>) => ChatClient;
  /** Connected, and in room 1. */
  readonly online: (user: number, options?: Partial<ClientOptions>) => Promise<{ client: ChatClient; room: RoomHandle }>;
  /** Room 1 as the gateway has it. */
  readonly log: () => ReturnType<FakeGateway['addRoom']>;
  /** What arrived of `message:send`. */
  readonly sends: () => Record<string, unknown>[];
};

/** A gateway and its clients for each test of a file, gone after it. */
export const createWorld = (): World => {
  let gateway: FakeGateway;
  const clients: ChatClient[] = [];
  beforeEach(async () => {
    gateway = await new FakeGateway().start();
    gateway.addRoom(1);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await gateway.stop();
  });
  const clientOf: World['clientOf'] = (user, options = {}) => {
    const client = new ChatClient({ url: gateway.url, session: sessionOf(user), timings: QUICK, transports: ['websocket'], ...options });
    clients.push(client);
    return client;
  };
  return {
    get gateway() {
      return gateway;
    },
    clientOf,
    online: async (user, options) => {
      const client = clientOf(user, options);
      client.connect();
      const room = client.joinRoom(roomId(1));
      await room.ready;
      return { client, room };
    },
    log: () => gateway.rooms.get(roomId(1))!,
    sends: () => gateway.seen.filter(({ name }) => name === 'message:send').map(({ request }) => request),
  };
};

export const bodies = (room: RoomHandle): (string | null)[] => room.messages.map((item) => (item.state === 'confirmed' ? item.message.body : item.body));

export const confirmed = (room: RoomHandle, count: number): Promise<void> =>
  until(`${count} messages are confirmed`, () => room.messages.filter(({ state }) => state === 'confirmed').length === count);

import type { RoomId } from '@parley/protocol';
import { waitFor } from '@parley/testkit';
import { openSession } from '@parley/testkit/wire-client';
import { Device } from '../parts/device.ts';
import { scenario, type Context } from '../scenario.ts';

const CLIENTS = 5_000;
/** Devices of one user: what is tested are connections, and these are theirs. */
const DEVICES = 10;
const ABREAST = 50;
const LEVEL_MS = 60_000;

const inBatches = async <T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> => {
  for (let start = 0; start < items.length; start += ABREAST) await Promise.all(items.slice(start, start + ABREAST).map(each));
};

/** Everybody is in the first room; each user in one more. */
const openCrowd = async ({ fleet, traffic, random, scaled }: Context, devices: Device[]): Promise<void> => {
  const [big, ...small] = traffic.roomIds;
  const users = Math.ceil(scaled(CLIENTS) / DEVICES);
  const ofUsers: Device[][] = [];
  await inBatches(Array.from({ length: users }, (_, n) => n), async (n) => {
    const { token } = await openSession(fleet.url, `of the crowd ${n}`);
    const rooms: RoomId[] = [big!, small[n % small.length]!];
    const own = Array.from({ length: DEVICES }, () => new Device(fleet.url, token, rooms, random));
    await own[0]!.open();
    ofUsers.push(own);
    devices.push(...own);
  });
  // Members already: their other devices append nothing.
  await inBatches(ofUsers.flatMap((own) => own.slice(1)), (device) => device.open());
};

export const gatewaysKillStorm = scenario({
  name: 'gateways-kill-storm',
  title: 'every gateway is killed (SIGKILL) and started again, and 5,000 clients come back at once',
  bound: { ms: 60_000, of: 'all of them are in sync' },
  traffic: { rooms: 20, writers: 10, roomsPerWriter: 2, listeners: 4, perSecond: 20 },
  async run(context) {
    const { fleet, traffic, mark, recovered, note } = context;
    const devices: Device[] = [];
    try {
      await openCrowd(context, devices);
      const inSync = (): number => devices.filter((device) => device.inSync).length;
      await waitFor('the whole crowd to be in', () => inSync() === devices.length, { deadlineMs: LEVEL_MS });
      note(`${devices.length} clients in ${traffic.roomIds.length} rooms, all of them in one`);
      mark();
      await Promise.all(fleet.gateways.map((gateway) => gateway.kill()));
      await Promise.all(fleet.gateways.map((gateway) => gateway.start()));
      await recovered(`all ${devices.length} clients are in sync`, (deadlineMs) => waitFor('all clients to be in sync', () => inSync() === devices.length, { deadlineMs }).catch((error: unknown) => {
        throw new Error(`${inSync()} of ${devices.length} are`, { cause: error });
      }));
      await recovered('messages flow', (deadlineMs) => traffic.untilFlowing(deadlineMs));
      traffic.stop();
      const [listener] = traffic.listeners;
      await waitFor('every client to be level with every room', () => devices.every(({ rooms }) => [...rooms].every(([roomId, seq]) => seq === listener!.rooms.get(roomId)?.cursor?.seq)), { deadlineMs: LEVEL_MS });
    } finally {
      for (const device of devices) device.close();
    }
  },
});

import { connectNats, jetStreamCall, JS_API, logSubjectsOfRegion, regionOf, type Nats } from '@parley/nats';
import { NatsRoomLog } from '@parley/room-log-nats';
import type { NatsServer } from '@parley/servers';
import { waitFor } from '@parley/testkit';
import type { Fleet } from '@parley/testkit/fleet';

/** The one that fleets are in. */
export const REGION = regionOf('main');
const CALL_MS = 10_000;

export const withNats = async <T>(fleet: Pick<Fleet, 'natsUrl'>, use: (nats: Nats) => Promise<T>): Promise<T> => {
  const nats = await connectNats({ servers: fleet.natsUrl, name: 'faults' });
  try {
    return await use(nats);
  } finally {
    await nats.close();
  }
};

/** The log itself, past every rule: for entries that no gateway would write. */
export const withLog = <T>(fleet: Fleet, use: (log: NatsRoomLog, nats: Nats) => Promise<T>): Promise<T> =>
  withNats(fleet, async (nats) => {
    const log = await NatsRoomLog.connect({ nats, region: REGION, replicas: fleet.nats.length });
    try {
      return await use(log, nats);
    } finally {
      await log.close();
    }
  });

export const call = <T>(nats: Nats, subject: string, body?: unknown): Promise<T> => jetStreamCall<T>(nats, subject, body, CALL_MS);

export const logStreamOf = async (nats: Nats): Promise<string> => {
  const { streams } = await call<{ streams: string[] | null }>(nats, JS_API.streamNames(), { subject: logSubjectsOfRegion(REGION) });
  const [name] = streams ?? [];
  if (name === undefined) throw new Error('there is no log');
  return name;
};

/** Resolves once `server` leads the log's stream. */
export const makeLeader = async (fleet: Fleet, server: NatsServer): Promise<void> =>
  waitFor('the log to have the leader that is wanted', async () => {
    if ((await leaderOf(fleet)) === server) return true;
    const preferred = `parley-${fleet.nats.indexOf(server) + 1}`;
    await withNats(fleet, async (nats) => call(nats, JS_API.streamLeaderStepDown(await logStreamOf(nats)), { placement: { preferred } }));
    return false;
  }, { deadlineMs: 60_000, intervalMs: 1_000 });

type Info = { cluster?: { leader?: string } };

/** The server that leads the log's stream. */
export const leaderOf = (fleet: Fleet): Promise<NatsServer> =>
  withNats(fleet, async (nats) => {
    const { cluster } = await call<Info>(nats, JS_API.streamInfo(await logStreamOf(nats)));
    const leader = cluster?.leader ?? '';
    // `parley-2` is the second.
    const server = fleet.nats[Number(leader.split('-').at(-1)) - 1];
    if (!server) throw new Error(`no server is named ${leader}`);
    return server;
  });

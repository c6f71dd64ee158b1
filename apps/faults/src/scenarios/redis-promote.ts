import { join } from 'node:path';
import { startRedis, type Server } from '@parley/servers';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy';
import { waitFor } from '@parley/testkit';
import { redisCommand } from '../redis-command.ts';
import { scenario, type FleetPlan } from '../scenario.ts';

/** `front` is what gateways know as Redis; `link` is what the replica knows as its primary. */
type Replicated = Fleet & { primary: Server; replica: Server; front: TcpProxy; link: TcpProxy };

const replicate = async ({ primary, replica, link }: Pick<Replicated, 'primary' | 'replica' | 'link'>): Promise<void> => {
  link.redirect({ port: primary.port });
  await redisCommand(replica.port, `REPLICAOF 127.0.0.1 ${link.port}`);
  await redisCommand(primary.port, 'SET replicated yes');
  await waitFor('the replica to follow', async () => (await redisCommand(replica.port, 'EXISTS replicated')) === ':1');
};

const REPLICATED_REDIS: FleetPlan<Replicated> = {
  name: 'Redis with a replica behind a switch',
  async start({ dataDir }) {
    const [primary, replica] = await Promise.all(['primary', 'replica'].map((name) => startRedis({ dataDir: join(dataDir, `redis-${name}`) })));
    if (!primary || !replica) throw new Error('unreachable');
    const [front, link] = await Promise.all([startTcpProxy({ port: primary.port }), startTcpProxy({ port: primary.port })]);
    const stopRedis = async (): Promise<void> => {
      await Promise.all([front.close(), link.close()]);
      await Promise.all([primary.stop(), replica.stop()]);
    };
    try {
      await replicate({ primary, replica, link });
      const redis = Object.create(primary, { url: { value: `redis://127.0.0.1:${front.port}` } }) as Server;
      const fleet = await startFleet({ gateways: 2, workers: 2, dataDir, servers: { redis } });
      const stop = async (): Promise<void> => {
        await fleet.stop();
        await stopRedis();
      };
      return { ...fleet, primary, replica, front, link, stop };
    } catch (error) {
      await stopRedis();
      throw error;
    }
  },
};

/** How long the replica hears nothing, before it is promoted. */
const LAG_MS = 10_000;

export const redisPromote = scenario<Replicated>({
  name: 'redis-promote',
  title: 'a replica of Redis that lags by 10 s is promoted, and its primary is gone',
  bound: { ms: 5_000, of: 'messages arrive by way of the promoted one' },
  fleet: REPLICATED_REDIS,
  fault: {
    touches: ['redis'],
    holdMs: 10_000,
    flows: true,
    async inject({ fleet, scaled }) {
      const { primary, replica, front, link } = fleet;
      link.hold();
      await new Promise((resolve) => setTimeout(resolve, scaled(LAG_MS)));
      await primary.kill();
      link.forget();
      await redisCommand(replica.port, 'REPLICAOF NO ONE');
      front.redirect({ port: replica.port });
      front.cut();
      return async () => {
        link.release();
        await primary.restart();
        await replicate(fleet);
        front.redirect({ port: primary.port });
        front.cut();
      };
    },
  },
});

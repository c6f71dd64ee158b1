import { join } from 'node:path';
import { startNats, startRedis, type Server } from '@parley/servers';
import { startFleet, type Fleet } from '@parley/testkit/fleet';
import { makeNetwork } from '@parley/testkit/network';
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy';
import type { FleetPlan } from './scenario.ts';

/**
 * HAProxy and each gateway are hosts of their own, whose packets can be lost; what clients say to HAProxy, and gateways to NATS and Redis, can be delayed.
 * Packets are lost by the kernel, below TCP; the delay is a proxy's, above it, since not every kernel has sch_netem.
 */
export type FarApart = Fleet & { doorUrl: string; clientsFar(delayMs: number, loss: number): void; serversFar(delayMs: number, loss: number): void; near(): void };

export const FAR_APART: FleetPlan<FarApart> = {
  name: 'HAProxy and two gateways in network namespaces of their own, proxies before HAProxy, and between each gateway and NATS and Redis',
  async start({ dataDir }) {
    const network = makeNetwork(3);
    const [front, ...hosts] = network.hosts;
    const servers: Server[] = [];
    const proxies: TcpProxy[] = [];
    const end = async (): Promise<void> => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await Promise.all(servers.map((server) => server.stop()));
      network.remove();
    };
    const proxied = async (target: { host?: string; port: number }, host?: string): Promise<TcpProxy> => {
      const proxy = await startTcpProxy(target, host === undefined ? {} : { host });
      proxies.push(proxy);
      return proxy;
    };
    try {
      const [nats, redis] = await Promise.all([startNats({ dataDir: join(dataDir, 'nats') }), startRedis({ dataDir: join(dataDir, 'redis') })]);
      servers.push(nats, redis);
      const ways = await Promise.all(hosts.map(async (host) => ({ host, nats: await proxied(nats, network.address), redis: await proxied(redis, network.address) })));
      const fleet = await startFleet({
        gateways: 2, workers: 2, dataDir, servers: { nats: [nats], redis },
        haproxy: { host: front!.address, prefix: front!.prefix },
        gateway: (n) => {
          const way = ways[n]!;
          return {
            host: way.host.address, prefix: way.host.prefix,
            env: {
              NATS_URL: `nats://${network.address}:${way.nats.port}`, REDIS_URL: `redis://${network.address}:${way.redis.port}`,
              // All clients come from this machine.
              TRUSTED_PROXIES: front!.address, ADDRESS_EXEMPT: `loopback,${network.address}`,
            },
          };
        },
      });
      const door = await proxied({ host: front!.address, port: fleet.haproxy.port });
      const far = (them: readonly TcpProxy[], delayMs: number): void => {
        for (const proxy of them) proxy.delay(delayMs);
      };
      return {
        ...fleet,
        doorUrl: `http://127.0.0.1:${door.port}`,
        clientsFar(delayMs, loss) {
          far([door], delayMs);
          network.lose(loss, front!);
        },
        serversFar(delayMs, loss) {
          far(ways.flatMap((way) => [way.nats, way.redis]), delayMs);
          network.lose(loss, ...hosts);
        },
        near() {
          far(proxies, 0);
          network.heal();
        },
        async stop() {
          await fleet.stop();
          await end();
        },
      };
    } catch (error) {
      await end();
      throw error;
    }
  },
};

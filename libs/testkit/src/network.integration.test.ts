import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeNetwork, whyNoLoss, whyNoNetwork, type NetworkHost } from './network.ts';

const why = whyNoNetwork();

/** A connection from `from` to a port there. */
const reaches = (from: NetworkHost | null, address: string, port: number): boolean => {
  const script = `const s = require('node:net').connect({ host: '${address}', port: ${port}, timeout: 700 }); s.on('connect', () => process.exit(0)); s.on('error', () => process.exit(1)); s.on('timeout', () => process.exit(1));`;
  const [command, ...args] = [...(from?.prefix ?? []), process.execPath, '-e', script];
  return spawnSync(command, args).status === 0;
};

test('hosts reach each other and this machine, until they are parted, and again when it is healed; nothing is left of them', async (context) => {
  if (why !== null) return context.skip(why);
  const network = makeNetwork(3);
  onTestFinished(() => network.remove());
  const here = createServer().listen(0, network.address);
  onTestFinished(() => void here.close());
  await new Promise((resolve) => here.once('listening', resolve));
  const { port } = here.address() as { port: number };
  const [one, two, three] = network.hosts as [NetworkHost, NetworkHost, NetworkHost];
  const hasRoute = (from: NetworkHost, to: NetworkHost): boolean => {
    const [command, ...args] = [...from.prefix, 'ip', 'route', 'get', to.address];
    return spawnSync(command, args).status === 0;
  };
  expect(reaches(one, network.address, port)).toBe(true);
  expect(hasRoute(one, two)).toBe(true);
  network.partition([one, two]);
  expect([hasRoute(one, two), hasRoute(one, three), hasRoute(three, two), reaches(one, network.address, port)]).toEqual([true, false, false, true]);
  network.unplug(three);
  expect(reaches(three, network.address, port)).toBe(false);
  network.heal();
  expect([hasRoute(one, three), hasRoute(three, two), reaches(three, network.address, port)]).toEqual([true, true, true]);
  network.remove();
  expect(spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).not.toContain(one.name);
});

test('hosts lose as many of their packets as is wanted, until it is healed', (context) => {
  const whyNot = whyNoLoss();
  if (whyNot !== null) return context.skip(whyNot);
  const network = makeNetwork(1);
  onTestFinished(() => network.remove());
  const [host] = network.hosts as [NetworkHost];
  const count = 2_000;
  // Sent by this machine, counted there by what the host's link has received.
  const received = (): number => {
    const [command, ...args] = [...host.prefix, 'cat', '/sys/class/net/eth0/statistics/rx_packets'];
    return Number(spawnSync(command, args, { encoding: 'utf8' }).stdout);
  };
  const lost = (share: number): number => {
    network.lose(share, host);
    const before = received();
    const script = `const s = require('node:dgram').createSocket('udp4'); let n = 0; const next = () => (n++ < ${count} ? s.send('x', 9, '${host.address}', next) : s.close()); next();`;
    spawnSync(process.execPath, ['-e', script]);
    return 1 - (received() - before) / count;
  };
  expect(lost(0.5)).toBeGreaterThan(0.4);
  const few = lost(0.1);
  expect(few).toBeGreaterThan(0.05);
  expect(few).toBeLessThan(0.2);
  network.heal();
  expect(lost(0)).toBeLessThan(0.01);
});

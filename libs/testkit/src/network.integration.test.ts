import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { makeNetwork, whyNoNetwork, type NetworkHost } from './network.ts';

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

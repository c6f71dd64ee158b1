import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A machine of its own, as far as the network goes: a namespace, joined to the others and to this machine by a bridge. */
export type NetworkHost = {
  readonly name: string;
  readonly address: string;
  /** Runs what follows it there; for `prefix` of what this kit starts. */
  readonly prefix: readonly string[];
};

export type Network = {
  readonly hosts: readonly NetworkHost[];
  /** This machine's, as the hosts reach it. */
  readonly address: string;
  /** From now on nothing goes between these and those (default: all others), either way and without a word. This machine still reaches all. */
  partition(these: readonly NetworkHost[], those?: readonly NetworkHost[]): void;
  /** Pulls a host's cable: nothing reaches it, also not from this machine. */
  unplug(host: NetworkHost): void;
  /** From now on one in so many packets is lost, by chance, to and from these hosts: a share, 0 to 1. */
  lose(share: number, ...hosts: NetworkHost[]): void;
  /** Everything is as it was at first. */
  heal(): void;
  remove(): void;
};

/** For benchmarks between networks (RFC 2544): no route leads there. */
const subnetOf = (n: number): string => `198.18.${n}`;
const SUBNETS = 256;
/** Names hold the id of their maker, so that what a crash left is found; and a link's has at most 15 characters. */
const MADE_BY = /^pn(\d+)x/;

/**
 * Lets a packet through or drops it by chance (classic BPF: a random word against the share). sch_netem, which could as well delay, is not in every kernel.
 */
const dropping = (share: number): string => `4,32 0 0 4294963256,53 1 0 ${Math.min(2 ** 32 - 1, Math.round(share * 2 ** 32))},6 0 0 2,6 0 0 4294967295`;

const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync('ip', args, { encoding: 'utf8' });

const ip = (...args: string[]): string => {
  const { status, stdout, stderr } = run(...args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  return stdout;
};

const tc = (...args: string[]): string | null => {
  const { status, stderr } = spawnSync('tc', args, { encoding: 'utf8' });
  return status === 0 ? null : `tc ${args.join(' ')}: ${stderr?.trim() || 'there is no tc (iproute2)'}`;
};

const loseNothingOn = (link: string): void => void tc('qdisc', 'delete', 'dev', link, 'clsact');

/** Both ways; why not, if it does not work. */
const loseOn = (link: string, share: number): string | null =>
  tc('qdisc', 'add', 'dev', link, 'clsact')
  ?? tc('filter', 'add', 'dev', link, 'ingress', 'bpf', 'direct-action', 'bytecode', dropping(share))
  ?? tc('filter', 'add', 'dev', link, 'egress', 'bpf', 'direct-action', 'bytecode', dropping(share));

/** Of makers that are no more. */
const sweep = (): void => {
  const isLeft = (name: string): boolean => {
    const maker = MADE_BY.exec(name)?.[1];
    return maker !== undefined && !existsSync(`/proc/${maker}`);
  };
  const namespaces = ip('netns', 'list').split('\n').map((line) => line.split(' ')[0]!);
  for (const name of namespaces.filter(isLeft)) run('netns', 'delete', name);
  const links = (JSON.parse(ip('-json', 'link', 'show') || '[]') as { ifname: string }[]).map(({ ifname }) => ifname);
  for (const name of links.filter(isLeft)) run('link', 'delete', name);
};

/** `null`: networks can be made here. */
export const whyNoNetwork = (): string | null => {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `pn${process.pid}xtry`;
  const { status, stderr } = run('netns', 'add', name);
  if (status !== 0) return `network namespaces cannot be made: ${stderr.trim() || 'there is no ip (iproute2)'}`;
  run('netns', 'delete', name);
  const link = run('link', 'add', name, 'type', 'bridge');
  if (link.status !== 0) return `a bridge cannot be made: ${link.stderr.trim()}`;
  run('link', 'delete', name);
  return null;
};

/** `null`: networks can be made here, and can {@link Network.lose}. */
export const whyNoLoss = (): string | null => {
  const why = whyNoNetwork();
  if (why !== null) return why;
  const name = `pn${process.pid}xtry`;
  ip('link', 'add', name, 'type', 'bridge');
  const cannot = loseOn(name, 0);
  run('link', 'delete', name);
  return cannot === null ? null : `packets cannot be lost: ${cannot}`;
};

let made = 0;

/** Needs what {@link whyNoNetwork} asks for. */
export const makeNetwork = (size: number): Network => {
  sweep();
  made += 1;
  const own = `pn${process.pid}x${made}`;
  const taken = ip('-4', 'address', 'show');
  const subnet = Array.from({ length: SUBNETS }, (_, n) => subnetOf(n)).find((each) => !taken.includes(`${each}.`));
  if (subnet === undefined) throw new Error('every subnet is taken');

  const hosts: NetworkHost[] = [];
  const linkOf = (host: NetworkHost): string => `${own}v${hosts.indexOf(host)}`;
  const remove = (): void => {
    process.off('exit', remove);
    for (const { name } of hosts) run('netns', 'delete', name);
    for (const host of hosts) run('link', 'delete', linkOf(host));
    run('link', 'delete', own);
  };
  process.on('exit', remove);

  /** A route of its own for one address, to nowhere. */
  const block = (from: NetworkHost, to: NetworkHost): void => void ip('-n', from.name, 'route', 'replace', 'blackhole', `${to.address}/32`);
  const unblock = (from: NetworkHost, to: NetworkHost): void => void run('-n', from.name, 'route', 'delete', 'blackhole', `${to.address}/32`);

  try {
    ip('link', 'add', own, 'type', 'bridge');
    ip('address', 'add', `${subnet}.1/24`, 'dev', own);
    ip('link', 'set', own, 'up');
    for (let n = 0; n < size; n += 1) {
      const name = `${own}n${n}`;
      const host = { name, address: `${subnet}.${n + 10}`, prefix: ['ip', 'netns', 'exec', name] };
      hosts.push(host);
      ip('netns', 'add', name);
      ip('link', 'add', linkOf(host), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('link', 'set', linkOf(host), 'master', own, 'up');
      ip('-n', name, 'address', 'add', `${host.address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'route', 'add', 'default', 'via', `${subnet}.1`);
    }
  } catch (error) {
    remove();
    throw error;
  }

  return {
    hosts,
    address: `${subnet}.1`,
    partition(these, those = hosts.filter((each) => !these.includes(each))) {
      for (const one of these) {
        for (const other of those) {
          block(one, other);
          block(other, one);
        }
      }
    },
    lose(share, ...lossy) {
      for (const host of lossy) {
        loseNothingOn(linkOf(host));
        const why = loseOn(linkOf(host), share);
        if (why !== null) throw new Error(why);
      }
    },
    unplug: (host) => void ip('link', 'set', linkOf(host), 'down'),
    heal() {
      for (const one of hosts) {
        for (const other of hosts) if (one !== other) unblock(one, other);
        ip('link', 'set', linkOf(one), 'up');
        loseNothingOn(linkOf(one));
      }
    },
    remove,
  };
};

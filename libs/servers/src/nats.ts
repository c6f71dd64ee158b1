import { mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnChild, untilReady, type Child } from './child.ts';
import { binariesIn, findBinary, goBinDirs, isAtLeast, pathDirs, versionOf } from './find-binary.ts';
import { endLeftBehind } from './left-behind.ts';
import { freePort } from './ports.ts';
import { startServer, type Server } from './server.ts';
import { ServerError } from './server-error.ts';
import { waitUntil } from './wait-until.ts';

export type NatsOptions = {
  /** Holds the configuration, the log and JetStream's files. */
  dataDir: string;
  port?: number;
  /** Default: the newest of `natsBinaries()`. */
  binary?: string;
  /** Default on. */
  jetstream?: boolean;
  /** JetStream's `sync_interval`: how long a stored message may wait for its fsync; `always` is before its ack. From 2.10 on; default two minutes. */
  syncInterval?: string;
  name?: string;
  /** Who may connect. Default: anybody. */
  authorization?: { user: string; password: string };
  /** `routes`: `host:port` of all. */
  cluster?: { name: string; port: number; routes: readonly string[] };
  /** JetStream's `max_file_store`. Default: what the server makes of the free disk. */
  maxFileStore?: string;
  /** The address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Put before the command; it has to replace itself by it (`exec`), as `ip netns exec` does. */
  prefix?: readonly string[];
  startDeadlineMs?: number;
};

export type NatsServer = Server & {
  readonly binary: string;
  readonly version: string;
  /** The monitoring endpoint's path, as JSON. */
  monitor(path: string): Promise<unknown>;
};

const HINT = 'Install Debian\'s `nats-server`, or `go install github.com/nats-io/nats-server/v2@v2.12.0`.';
const START_MS = 30_000;
const STOP_MS = 15_000;
const MONITOR_MS = 2_000;
const SYNC_INTERVAL_SINCE = [2, 10];
const LOOPBACK = '127.0.0.1';

const dirs = (): string[] => [...pathDirs(), fileURLToPath(new URL('../../../.cache/bin', import.meta.url)), ...goBinDirs()];

/** Every nats-server that is installed, newest first, one per version. */
export const natsBinaries = (): { path: string; version: string }[] => {
  const found = binariesIn('nats-server', dirs()).map((path) => ({ path, parts: versionOf(path) })).filter(({ parts }) => parts.length > 0);
  found.sort((a, b) => (isAtLeast(a.parts, b.parts) ? -1 : 1));
  const all = found.map(({ path, parts }) => ({ path, version: parts.join('.') }));
  return all.filter(({ version }, index) => all.findIndex((other) => other.version === version) === index);
};

const isListening = (portsDir: string, binary: string, pid: number): { monitoring: string } => {
  const file = join(portsDir, `${basename(binary)}_${pid}.ports`);
  const { monitoring } = JSON.parse(readFileSync(file, 'utf8')) as { monitoring: string[] };
  return { monitoring: monitoring[0] ?? '' };
};

const configOf = (options: NatsOptions, dataDir: string, port: number): string => {
  const text = JSON.stringify;
  const { host = LOOPBACK } = options;
  const lines = [
    `server_name: ${text(options.name ?? `nats-${port}`)}`,
    `listen: ${text(`${host}:${port}`)}`,
    // Told through the ports file, which also says that this very process listens.
    `http: ${text(`${host}:-1`)}`,
    `ports_file_dir: ${text(dataDir)}`,
  ];
  if (options.authorization) lines.push(`authorization: { user: ${text(options.authorization.user)}, password: ${text(options.authorization.password)} }`);
  if (options.jetstream !== false) {
    const sync = options.syncInterval === undefined ? '' : `, sync_interval: ${text(options.syncInterval)}`;
    const most = options.maxFileStore === undefined ? '' : `, max_file_store: ${options.maxFileStore}`;
    lines.push(`jetstream: { store_dir: ${text(join(dataDir, 'jetstream'))}${sync}${most} }`);
  }
  if (options.cluster) {
    const routes = options.cluster.routes.map((route) => text(`nats://${route}`));
    lines.push(`cluster: { name: ${text(options.cluster.name)}, listen: ${text(`${host}:${options.cluster.port}`)}, routes: [${routes.join(', ')}] }`);
  }
  return `${lines.join('\n')}\n`;
};

/** Ready means: it listens, and (unless it is one of a cluster, which needs the others for that) JetStream has recovered its streams. */
export const startNats = async (options: NatsOptions): Promise<NatsServer> => {
  const binary = options.binary ?? natsBinaries()[0]?.path ?? findBinary('nats-server', dirs(), HINT);
  const version = versionOf(binary);
  if (options.syncInterval !== undefined && !isAtLeast(version, SYNC_INTERVAL_SINCE)) {
    throw new ServerError('unsupported_version', `nats-server ${version.join('.')} has no setting sync_interval: version ${SYNC_INTERVAL_SINCE.join('.')} brought it.`);
  }
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = realpathSync(options.dataDir);
  let monitoring = '';
  const monitor = async (path: string): Promise<unknown> => {
    const response = await fetch(`${monitoring}${path}`, { signal: AbortSignal.timeout(MONITOR_MS) });
    return response.json();
  };

  const config = join(dataDir, 'nats.conf');
  await endLeftBehind('nats-server', ({ args }) => args.includes(config));
  const start = async (port: number): Promise<Child> => {
    for (const entry of readdirSync(dataDir)) if (entry.endsWith('.ports')) rmSync(join(dataDir, entry));
    writeFileSync(config, configOf(options, dataDir, port));
    const child = spawnChild({
      name: `nats-server ${version.join('.')}`,
      command: binary,
      args: ['-c', config],
      prefix: options.prefix,
      logFile: join(dataDir, 'nats.log'),
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_MS,
    });
    const isReady = async () => {
      ({ monitoring } = isListening(dataDir, binary, child.pid));
      return options.cluster !== undefined || ((await monitor('/healthz')) as { status?: string }).status === 'ok';
    };
    await untilReady(child, isReady, options.startDeadlineMs ?? START_MS);
    return child;
  };
  const server = await startServer('nats-server', options.port, start, (port) => `nats://${options.host ?? LOOPBACK}:${port}`);
  return Object.defineProperties(server, {
    binary: { value: binary, enumerable: true },
    version: { value: version.join('.'), enumerable: true },
    monitor: { value: monitor },
  }) as NatsServer;
};

export type NatsCluster = {
  readonly servers: readonly NatsServer[];
  /** All servers, comma-separated. */
  readonly url: string;
  /** Resolves when JetStream has a leader and every running server follows it. */
  ready(deadlineMs?: number): Promise<void>;
  stop(): Promise<void>;
};

type MetaCluster = { leader?: string; cluster_size?: number; replicas?: { current?: boolean; offline?: boolean }[] };

const metaOf = async (server: NatsServer): Promise<MetaCluster> => ((await server.monitor('/jsz')) as { meta_cluster?: MetaCluster }).meta_cluster ?? {};

const CLUSTER_READY_MS = 30_000;

export type NatsClusterOptions = Omit<NatsOptions, 'cluster' | 'port' | 'name' | 'host' | 'prefix'> & {
  /** Where each server is, from 0. Default: all on the loopback. */
  at?: (index: number) => Pick<NatsOptions, 'host' | 'prefix'>;
};

export const startNatsCluster = async (size: number, { at = () => ({}), ...options }: NatsClusterOptions): Promise<NatsCluster> => {
  const ports = await Promise.all(Array.from({ length: size }, () => freePort()));
  const routes = ports.map((port, index) => `${at(index).host ?? LOOPBACK}:${port}`);
  // The same at every start: JetStream knows its peers by their names.
  const name = 'parley';
  const starts = await Promise.allSettled(
    ports.map((port, index) => startNats({ ...options, ...at(index), name: `${name}-${index + 1}`, dataDir: join(options.dataDir, `${index + 1}`), cluster: { name, port, routes } })),
  );
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));

  const isReady = async () => {
    const running = servers.filter((server) => server.isRunning);
    const metas = await Promise.all(running.map(metaOf));
    const leader = metas[0]?.leader;
    if (!leader || !metas.every((meta) => meta.leader === leader && meta.cluster_size === size)) return false;
    const followers = metas.flatMap((meta) => meta.replicas ?? []).filter((replica) => replica.current && !replica.offline);
    return followers.length >= running.length - 1;
  };
  const ready = async (deadlineMs = CLUSTER_READY_MS) => {
    if (!(await waitUntil(isReady, deadlineMs))) throw new ServerError('not_ready', `The NATS cluster ${name} had no leader within ${deadlineMs} ms:\n${servers.map((server) => server.logTail()).join('\n')}`);
  };

  try {
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, url: servers.map((server) => server.url).join(','), ready, stop };
};

/**
 * Makes sure that the servers the tests run are here: Debian's packages as root, else the one line to run. Their
 * services are kept from starting. The recommended NATS comes from its sources where Go is at hand: without it, the
 * tests that need it skip and say so. So does Helm, with `--helm`: building it takes minutes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

type FromGo = { binary: string; module: string; version: string; env?: NodeJS.ProcessEnv; versionOf: (file: string) => string };
const printedBy = (command: string, ...args: string[]): string => spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
const NATS: FromGo = { binary: 'nats-server', module: 'github.com/nats-io/nats-server/v2', version: 'v2.12.0', versionOf: (file) => printedBy(file, '--version') };
/** Built like this it knows only half of its version; Go knows all of it. */
const HELM: FromGo = { binary: 'helm', module: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1', env: { CGO_ENABLED: '0' }, versionOf: (file) => printedBy('go', 'version', '-m', file) };
/** Where `libs/servers` looks for binaries of the workspace's own. */
const BIN_DIR = resolve(import.meta.dirname, '../.cache/bin');

const onPath = (name: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'].some((dir) => existsSync(join(dir, name)));

const NEEDED: [debianPackage: string, present: () => boolean][] = [
  ['redis-server', () => onPath('redis-server')],
  ['nats-server', () => onPath('nats-server')],
  ['haproxy', () => onPath('haproxy')],
  ['chromium', () => onPath('chromium')],
  // The release's own: 15 on Debian 12.
  ['postgresql', () => globSync('/usr/lib/postgresql/*/bin/postgres').length > 0],
];

const run = (command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }).status === 0;

const POLICY = '/usr/sbin/policy-rc.d';
const NO_SERVICE = '#!/bin/sh\n# Of the tests of Parley: no service starts as its package is installed.\nexit 101\n';

/** Debian starts a service as its package is installed, unless this says no. Ours is removed again, another's is left. */
const withoutStartingServices = (install: () => boolean): boolean => {
  // Ours may still be there, of an installation that was killed.
  const ours = !existsSync(POLICY) || readFileSync(POLICY, 'utf8') === NO_SERVICE;
  // A Ctrl-C ends the installation, which is waited for, and not us before we have cleaned up.
  const stay = (): void => undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stay);
  if (ours) writeFileSync(POLICY, NO_SERVICE, { mode: 0o755 });
  try {
    return install();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
};

const installDebianPackages = (): void => {
  const missing = NEEDED.filter(([, present]) => !present()).map(([name]) => name);
  if (missing.length === 0) return;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`The tests need servers that are not here. Run this line as root, then try again:\n\n  ${line}\n`);
    process.exit(1);
  }
  console.log(`installing ${missing.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const installed = withoutStartingServices(() =>
    run('apt-get', ['update', '-qq'], env) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], env));
  const still = NEEDED.filter(([, present]) => !present()).map(([name]) => name);
  if (!installed || still.length > 0) {
    console.error(`could not install ${(still.length > 0 ? still : missing).join(', ')} with: ${line}`);
    process.exit(1);
  }
};

const installFromGo = ({ binary, module, version, env = {}, versionOf }: FromGo): void => {
  const isThere = (file: string): boolean => versionOf(file).includes(version);
  if (isThere(join(BIN_DIR, binary))) return;
  const go = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' });
  // `libs/servers` looks there too.
  if (go.status === 0 && isThere(join(go.stdout.trim(), 'bin', binary))) return;
  if (go.status !== 0) {
    console.log(`Go is not here: what needs ${binary} ${version} will be skipped`);
    return;
  }
  mkdirSync(BIN_DIR, { recursive: true });
  console.log(`building ${binary} ${version}`);
  if (!run('go', ['install', `${module}@${version}`], { GOBIN: BIN_DIR, GOFLAGS: '-mod=mod', ...env })) {
    console.log(`${binary} ${version} could not be built: what needs it will be skipped`);
  }
};

installDebianPackages();
installFromGo(NATS);
if (process.argv.includes('--helm')) installFromGo(HELM);

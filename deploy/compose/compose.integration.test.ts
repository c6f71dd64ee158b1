import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withHaproxy, withNats } from '@parley/testkit';
import { APPS, loadConfig, VARIABLES, type AppName } from '@parley/runtime';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { stages } from '../images/testing/build.ts';

const DIR = import.meta.dirname;

type Service = {
  image: string; build?: { context: string; dockerfile: string; target: string }; command?: string[]; entrypoint?: string[]; environment?: Record<string, string>;
  volumes?: string[]; ports?: string[]; networks: string[]; read_only?: boolean; cap_drop?: string[]; security_opt?: string[]; restart: string; deploy?: { replicas: number };
  stop_grace_period?: string; healthcheck?: { test: string[] }; depends_on?: Record<string, { condition: string }>;
};
type Compose = { services: Record<string, Service>; volumes: object; networks: object };

const interpolate = (text: string): string => text.replaceAll(/\$\{(\w+):[-?]([^}]*)\}/g, (_, name: string, or: string) => (name === 'POSTGRES_PASSWORD' ? 'secret' : or));
const { services, volumes, networks } = parse(interpolate(readFileSync(join(DIR, 'compose.yaml'), 'utf8')), { merge: true, uniqueKeys: true }) as Compose;
const OURS = ['gateway', 'persistence', 'moderation', 'migrations'] as const;
const appOf = (name: (typeof OURS)[number]): AppName => (name === 'migrations' ? 'persistence' : name);
const entries = Object.entries(services);
const seconds = (text = ''): number => Number(/^(\d+)s$/.exec(text)?.[1]);

test('it is the whole cluster, with two gateways and two to take the log in', () => {
  expect(Object.keys(services).toSorted()).toEqual(['gateway', 'haproxy', 'migrations', 'moderation', 'nats', 'persistence', 'postgres', 'redis']);
  expect([services['gateway']?.deploy?.replicas, services['persistence']?.deploy?.replicas]).toEqual([2, 2]);
});

test.each(OURS)('%s is built from the Dockerfile, and told what it reads', (name) => {
  const { build, environment = {}, image, entrypoint } = services[name] as Service;
  expect(build).toMatchObject({ context: '../..', dockerfile: 'deploy/images/Dockerfile' });
  expect(stages.map((stage) => stage.name)).toContain(build?.target);
  expect(image).toBe(`parley-${build?.target}`);
  if (entrypoint) expect(existsSync(join(DIR, '../..', entrypoint[1] ?? ''))).toBe(true);
  const known = new Set<string>(APPS[appOf(name)].variables.map((each) => VARIABLES[each].env));
  expect(Object.keys(environment).filter((each) => !known.has(each))).toEqual([]);
  expect(() => loadConfig(appOf(name), environment)).not.toThrow();
});

test('what they are told leads to what is there', () => {
  for (const name of OURS) {
    const { environment = {}, networks: inside } = services[name] as Service;
    for (const [variable, server, port] of [['NATS_URL', 'nats', 4222], ['REDIS_URL', 'redis', 6379], ['DATABASE_URL', 'postgres', 5432]] as const) {
      const url = environment[variable];
      if (url === undefined) continue;
      expect(new URL(url), `${name} ${variable}`).toMatchObject({ hostname: server, port: `${port}` });
      expect(services[server]?.networks).toEqual(inside);
    }
  }
  const { environment } = services['postgres'] as Service;
  expect(new URL(services['persistence']?.environment?.['DATABASE_URL'] ?? '')).toMatchObject({ username: environment?.['POSTGRES_USER'], password: environment?.['POSTGRES_PASSWORD'], pathname: `/${environment?.['POSTGRES_DB']}` });
});

test('who waits for whom is there, and says when it is ready', () => {
  for (const [name, { depends_on = {} }] of entries) for (const [other, { condition }] of Object.entries(depends_on)) {
    expect(services[other], `${name} → ${other}`).toBeDefined();
    if (condition === 'service_healthy') expect(services[other]?.healthcheck, other).toBeDefined();
    else expect([condition, services[other]?.restart]).toEqual(['service_completed_successfully', 'on-failure']);
  }
  for (const name of OURS.filter((each) => each !== 'migrations')) {
    const { healthcheck, environment } = services[name] as Service;
    expect(healthcheck?.test.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(healthcheck?.test[3]).toContain(`http://127.0.0.1:${environment?.['PORT']}/readyz`);
  }
});

test('each has more time to leave than it takes', () => {
  for (const name of OURS.filter((each) => each !== 'migrations')) expect(seconds(services[name]?.stop_grace_period), name).toBeGreaterThan(Number(services[name]?.environment?.['SHUTDOWN_TIMEOUT']) + 1);
  expect(seconds(services['haproxy']?.stop_grace_period)).toBeGreaterThan(seconds(services['haproxy']?.environment?.['HARD_STOP_AFTER']));
});

test('only HAProxy is reached from outside; nothing of Parley writes its files or has capabilities', () => {
  expect(entries.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['haproxy']);
  expect(entries.filter(([, each]) => each.networks.includes('outside')).map(([name]) => name)).toEqual(['haproxy']);
  for (const name of [...OURS, 'haproxy']) expect(services[name], name).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
});

test('images are of a version, files and volumes are there', () => {
  for (const [name, { image, build, volumes: mounts = [], networks: joined }] of entries) {
    if (!build) expect(image, name).toMatch(/:\d+\.?\d*/);
    for (const [source = ''] of mounts.map((mount) => mount.split(':'))) expect(source.startsWith('.') ? existsSync(join(DIR, source)) : source in volumes, source).toBe(true);
    for (const network of joined) expect(network in networks, network).toBe(true);
  }
});

test('HAProxy and NATS take the configuration they are given', async () => {
  const haproxy = await withHaproxy({ configs: [join(DIR, '../haproxy/haproxy.cfg'), join(DIR, 'gateways.cfg')] });
  expect((await fetch(haproxy.url)).status).toBe(503);
  const { binary } = await withNats();
  const { status, stderr } = spawnSync(binary, ['--config', join(DIR, 'nats.conf'), '-t'], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

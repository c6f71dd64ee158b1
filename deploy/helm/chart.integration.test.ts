import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir } from '@parley/testkit';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { stages } from '../images/testing/build.ts';
import { callHelm, CHART, EXAMPLES, noHelm, parse, template, valuesOf } from './testing/helm.ts';
import { COMPONENT, containerOf, isWorkload, matches, named, podOf, valueOf, type Manifest } from './testing/objects.ts';
import { problemsOf, VERSIONS } from './testing/validate.ts';
import { valuesSchema, valuesSchemaText } from './values-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HAPROXY_CONFIG = readFileSync(join(ROOT, 'deploy/haproxy/haproxy.cfg'), 'utf8');

beforeEach((context) => {
  if (noHelm !== null) context.skip(noHelm);
});

const render = async (...args: string[]): Promise<Manifest[]> => parse(await template(...args)) as Manifest[];

test('values.schema.json is what values-schema.ts makes', () => {
  expect(readFileSync(join(CHART, 'values.schema.json'), 'utf8'), 'run: node deploy/helm/write-schema.ts').toBe(valuesSchemaText());
});

test('every value has a default, and a word about it', () => {
  const text = readFileSync(join(CHART, 'values.yaml'), 'utf8');
  const missing = (schema: unknown, values: unknown, path: string): string[] => {
    const { properties } = schema as { properties?: Record<string, unknown> };
    if (properties === undefined || typeof values !== 'object' || values === null || Array.isArray(values)) return [];
    return Object.entries(properties).flatMap(([key, each]) => {
      const here = `${path}.${key}`;
      if (/\.settings\.|\.resources\.|\.affinity\.|^\.global$/.test(here)) return [];
      return key in values ? missing(each, (values as Record<string, unknown>)[key], here) : [here];
    });
  };
  expect(missing(valuesSchema(), parseYaml(text), '')).toEqual([]);
  const sections = text.split('\n').flatMap((line, at, lines) => (/^\w+:/.test(line) ? [{ line, before: lines[at - 1] ?? '' }] : []));
  expect(sections.filter(({ before }) => !before.startsWith('#') && !before.startsWith('image')).map(({ line }) => line)).toEqual([]);
});

test('what nobody knows is refused: a typo, a setting that is not there, a secret as a setting, a region that is no name', async () => {
  const refused = ['gatway.replicas=3', 'gateway.settings.GEUSTS=on', 'gateway.settings.NATS_URL=nats://x', 'gateway.settings.SHUTDOWN_TIMEOUT=3', 'region=EU_1', 'natsReplicas=2', 'gateway.replicas=0', 'secrets.nats.existingSecret='];
  await Promise.all(refused.map(async (wrong) => {
    const answer = await callHelm('template', CHART, '--set', wrong);
    expect(answer.ok, wrong).toBe(false);
    expect(answer.stderr, wrong).toContain('schema');
  }));
});

test('numbers stay what they are, however large', async () => {
  const text = await template('--set', 'gateway.autoscaling.enabled=true,gateway.autoscaling.targetSockets=1000000,gateway.socketsPerPod=1000000,gateway.drain.rate=100000,gateway.settings.SESSION_TTL=31536000,gateway.uid=1000680000,haproxy.maxConnections=10000000,haproxy.drain.seconds=86400');
  expect(text).not.toMatch(/\de\+\d/);
  const manifests = parse(text) as Manifest[];
  expect(valueOf(containerOf(manifests, 'gateway'), 'SESSION_TTL')).toBe('31536000');
  expect(podOf(manifests, 'gateway').spec.securityContext).toMatchObject({ runAsUser: 1_000_680_000 });
});

test('HAProxy is given deploy/haproxy/haproxy.cfg itself, by the folder and by the package', async () => {
  const configOf = (manifests: Manifest[]) => named(manifests, 'ConfigMap', 'team-parley-haproxy').data?.['haproxy.cfg'];
  expect(configOf(await render())).toBe(HAPROXY_CONFIG);
  const dir = await tempDir();
  expect((await callHelm('package', CHART, '--destination', dir)).stderr).not.toContain('rror');
  execFileSync('tar', ['xzf', join(dir, 'parley-0.1.0.tgz'), '-C', dir]);
  expect(readFileSync(join(dir, 'parley/files/haproxy.cfg'), 'utf8')).toBe(HAPROXY_CONFIG);
  expect(existsSync(join(dir, 'parley/examples'))).toBe(false);
  const answer = await callHelm('template', 'team', join(dir, 'parley-0.1.0.tgz'), '--namespace', 'chat');
  expect(configOf(parse(answer.stdout) as Manifest[])).toBe(HAPROXY_CONFIG);
});

test('what a server would refuse is found', async () => {
  const [workload] = (await render()).filter(isWorkload);
  type Loose = { spec: { template: { spec: Record<string, unknown> } } };
  const wrong = (change: (manifest: Loose) => void): string[] => {
    const copy = structuredClone(workload) as unknown as Loose;
    change(copy);
    return VERSIONS.map((version) => problemsOf(version, copy).join());
  };
  expect(wrong(() => undefined)).toEqual(['', '']);
  for (const each of wrong(({ spec }) => { spec.template.spec['terminationGracePeriod'] = 3; })) expect(each).toContain('additional properties');
  for (const each of wrong(({ spec }) => { spec.template.spec['terminationGracePeriodSeconds'] = '3'; })) expect(each).toContain('must be integer');
  for (const each of wrong(({ spec }) => { delete spec.template.spec['containers']; })) expect(each).toContain('required');
  for (const each of wrong(({ spec }) => { spec.template.spec['volumes'] = null; })) expect(each).toContain('null');
});

describe.each(EXAMPLES)('the example "%s" (the defaults, where it has no name)', (example) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    if (noHelm === null) manifests = await render(...valuesOf(example));
  });

  test('passes helm lint --strict', async () => {
    const { ok, stdout } = await callHelm('lint', '--strict', CHART, ...valuesOf(example));
    expect(ok, stdout).toBe(true);
    expect(stdout).not.toMatch(/WARNING|ERROR/);
  });

  test.each(VERSIONS)('is what Kubernetes %s takes', (version) => {
    const problems = manifests.flatMap((each) => problemsOf(version, each).map((problem) => `${each.kind} ${each.metadata.name}: ${problem}`));
    expect(problems).toEqual([]);
  });

  test('names no object twice, all in the namespace of the release', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual([...new Set(names)]);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['chat']));
  });

  test('has selectors that match exactly the pods they are for', () => {
    const pods = manifests.filter(isWorkload).map(({ metadata, spec }) => ({ component: metadata.labels[COMPONENT], pod: spec.template }));
    const selected = (selector: Record<string, string>) => pods.filter(({ pod }) => matches(selector, pod.metadata.labels));
    for (const each of manifests) {
      const { kind, spec, metadata } = each;
      const selector = kind === 'Service' ? spec.selector : kind === 'NetworkPolicy' ? spec.podSelector.matchLabels : kind === 'Deployment' || kind === 'PodDisruptionBudget' ? spec.selector.matchLabels : undefined;
      if (selector === undefined) continue;
      expect(selected(selector).map(({ component }) => component), `${kind} ${metadata.name}`).toEqual([metadata.labels[COMPONENT]]);
      if (kind === 'Service') {
        const ports = selected(selector)[0]?.pod.spec.containers.flatMap((container) => container.ports ?? []).map((port) => port.name);
        for (const port of spec.ports) expect(ports, metadata.name).toContain(port.targetPort);
      }
    }
    for (const { pod, component } of pods) for (const { labelSelector } of pod.spec.topologySpreadConstraints ?? []) {
      expect(selected(labelSelector.matchLabels).map((found) => found.component)).toEqual([component]);
    }
  });

  test('spreads every Deployment over zones and nodes, and lets one of its pods be away at a time', () => {
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      expect(spec.template.spec.topologySpreadConstraints, metadata.name).toHaveLength(2);
      expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      expect(named(manifests, 'PodDisruptionBudget', metadata.name).spec.maxUnavailable).toBe(1);
    }
  });

  test('has Prometheus ask every part, where it is to', () => {
    const monitors = manifests.filter(({ kind }) => kind === 'ServiceMonitor');
    expect(new Set(monitors.map(({ metadata }) => metadata.labels[COMPONENT]))).toEqual(new Set(monitors.length === 0 ? [] : ['gateway', 'haproxy', 'moderation', 'persistence']));
    for (const { spec } of monitors) {
      const services = manifests.filter(({ kind, metadata }) => kind === 'Service' && matches(spec.selector.matchLabels ?? {}, metadata.labels));
      const ports = services.flatMap((service) => service.spec.ports.filter(({ name }) => name === spec.endpoints[0]?.port));
      expect(ports, 'one port of one service, or pods would be asked twice').toHaveLength(1);
    }
  });

  test('runs images that the Dockerfile has, with commands that they hold', () => {
    for (const { spec } of manifests.filter(isWorkload)) {
      const [{ image, name, command = [] } = { image: '', name: '' }] = spec.template.spec.containers;
      const [, app = ''] = /parley-(\w+):/.exec(image) ?? [];
      if (name === 'haproxy') expect(image).toMatch(/^docker\.io\/library\/haproxy:\d/);
      else expect(stages.map((stage) => stage.name)).toContain(app);
      if (command[0] === 'node') expect(existsSync(join(ROOT, command[1] ?? '')), command[1]).toBe(true);
    }
  });

  test('migrates before anything else is touched, with nothing that is not there yet', () => {
    const job = named(manifests, 'Job', 'team-parley-migrations');
    const policy = named(manifests, 'NetworkPolicy', 'team-parley-migrations');
    for (const { metadata } of [job, policy]) expect(metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(Number(policy.metadata.annotations?.['helm.sh/hook-weight'])).toBeLessThan(Number(job.metadata.annotations?.['helm.sh/hook-weight']));
    expect(job.spec.template.spec.serviceAccountName).toBe('default');
    expect(containerOf(manifests, 'migrations').image).toBe(containerOf(manifests, 'persistence').image);
  });
});

import { APPS, loadConfig, VARIABLES, type AppName, type VariableName } from '@parley/runtime';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXAMPLES, noHelm, parse, template, valuesOf } from './testing/helm.ts';
import { COMPONENT, containerOf, isWorkload, matches, named, podOf, valueOf, type Labels, type Manifest, type Peer, type Rule } from './testing/objects.ts';

beforeEach((context) => {
  if (noHelm !== null) context.skip(noHelm);
});

/** The parts that are apps of Parley, and the app whose settings they read. */
const APP_OF = { gateway: 'gateway', persistence: 'persistence', moderation: 'moderation', migrations: 'persistence' } as const satisfies Record<string, AppName>;
/** Node's own. */
const OF_NODE = new Set(['NODE_ENV', 'NODE_EXTRA_CA_CERTS']);
const SECRETS: Labels = { NATS_URL: 'nats://user:password@nats:4222', REDIS_URL: 'redis://:password@redis:6379', DATABASE_URL: 'postgres://user:password@postgres:5432/parley', CHECKERS: '[]' };
const isSecret = (name: string): boolean => (Object.keys(VARIABLES) as VariableName[]).some((each) => VARIABLES[each].env === name && 'secret' in VARIABLES[each] && VARIABLES[each].secret);

describe.each(EXAMPLES)('the example "%s" (the defaults, where it has no name)', (example) => {
  let text: string;
  let manifests: Manifest[];
  beforeAll(async () => {
    if (noHelm !== null) return;
    text = await template(...valuesOf(example));
    manifests = parse(text) as Manifest[];
  });

  test('gives each pod more time to leave than it takes', () => {
    for (const { metadata: { labels }, spec: { template: { spec } } } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      const container = containerOf(manifests, labels[COMPONENT] ?? '');
      const own = Number(valueOf(container, 'SHUTDOWN_TIMEOUT') ?? valueOf(container, 'HARD_STOP_AFTER')?.replace(/s$/, ''));
      const before = container.lifecycle?.preStop.sleep.seconds ?? 0;
      expect(own, labels[COMPONENT]).toBeGreaterThan(0);
      // A second of it is for the process that keeps several.
      expect(spec.terminationGracePeriodSeconds, labels[COMPONENT]).toBeGreaterThan(before + own + 1);
    }
    const gateway = containerOf(manifests, 'gateway');
    const [notice, rate] = [Number(valueOf(gateway, 'LEAVE_NOTICE')), Number(valueOf(gateway, 'LEAVE_RATE'))];
    const sockets = { '': 5_000, small: 1_000, large: 8_000 }[example] ?? 5_000;
    // docs/operations.md: N / LEAVE_RATE + 15; HAProxy asks once a second and needs one answer.
    expect(Number(valueOf(gateway, 'SHUTDOWN_TIMEOUT'))).toBe(sockets / rate + 15);
    expect(notice).toBeGreaterThanOrEqual(2);
  });

  test('lets nothing be root, write its files or have capabilities, and gives nothing a token', () => {
    for (const { metadata, spec: { template: { spec } } } of manifests.filter(isWorkload)) {
      expect(spec.securityContext, metadata.name).toMatchObject({ runAsNonRoot: true, runAsUser: expect.any(Number), seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      for (const { securityContext, resources } of spec.containers) {
        expect(securityContext, metadata.name).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } });
        expect(resources).toMatchObject({ requests: { cpu: expect.anything(), memory: expect.anything() }, limits: { memory: expect.anything() } });
      }
    }
  });

  test('asks each pod whether it turns over and whether it is ready', () => {
    for (const { metadata: { labels } } of manifests.filter(({ kind }) => kind === 'Deployment')) {
      const { startupProbe, livenessProbe, readinessProbe, ports } = containerOf(manifests, labels[COMPONENT] ?? '');
      expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet.path)).toEqual(['/healthz', '/healthz', '/readyz']);
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) expect(ports?.map(({ name }) => name)).toContain(probe?.httpGet.port);
    }
  });

  test.each(Object.entries(APP_OF))('tells %s only what it reads, and what it takes', (component, app) => {
    const { env } = containerOf(manifests, component);
    const names = env.map(({ name }) => name);
    const known = new Set<string>(APPS[app].variables.map((each) => VARIABLES[each].env));
    expect(names.filter((name) => !known.has(name) && !OF_NODE.has(name))).toEqual([]);
    expect(names).toEqual([...new Set(names)]);
    const given = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, valueFrom?.secretKeyRef ? SECRETS[name] : (valueFrom?.fieldRef ? 'team-parley-gateway-7d4b9c6f5-x2x4z' : value)]));
    expect(() => loadConfig(app, given)).not.toThrow();
    expect(Object.keys(SECRETS).filter((name) => names.includes(name) && given[name] === undefined)).toEqual([]);
  });

  test('takes secrets from where they are, and holds none', () => {
    expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    for (const { env } of manifests.filter(isWorkload).flatMap(({ spec }) => spec.template.spec.containers)) {
      for (const { name, value, valueFrom } of env) if (isSecret(name)) expect([value, valueFrom?.secretKeyRef?.name], name).toEqual([undefined, expect.any(String)]);
    }
    expect(text).not.toMatch(/:\/\/[^\s/@]+:[^\s/@]+@|BEGIN [A-Z ]*KEY/);
    const gateway = containerOf(manifests, 'gateway');
    expect(gateway.volumeMounts?.map(({ mountPath }) => mountPath)).toContain(valueOf(gateway, 'SESSION_KEY_FILE'));
  });

  test('has room in HAProxy for every gateway, those of before an update among them', () => {
    const config = named(manifests, 'ConfigMap', 'team-parley-haproxy').data?.['gateways.cfg'] ?? '';
    const scaler = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const most = scaler?.spec.maxReplicas ?? named(manifests, 'Deployment', 'team-parley-gateway').spec.replicas ?? 0;
    const slots = [...config.matchAll(/server-template gateway- 1-(\d+) team-parley-gateway\.chat\.svc\.cluster\.local:8080 /g)].map(([, each]) => Number(each));
    expect(slots).toEqual([2 * most + 2, 2 * most + 2]);
    expect(named(manifests, 'Service', 'team-parley-gateway').spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    if (scaler) {
      expect(scaler.spec.scaleTargetRef).toMatchObject({ kind: 'Deployment', name: 'team-parley-gateway' });
      expect(scaler.spec.metrics.map(({ type, pods, resource }) => [type, pods?.metric.name ?? resource?.name])).toEqual([['Pods', 'parley_sockets'], ['Resource', 'cpu']]);
      expect(named(manifests, 'Deployment', 'team-parley-gateway').spec.replicas).toBeUndefined();
    }
  });

  describe('on the network', () => {
    type End = { labels: Labels; namespace: string };
    const podsOf = (component: string): End => ({ labels: podOf(manifests, component).metadata.labels, namespace: 'chat' });
    const elsewhere = (namespace: string): End => ({ labels: {}, namespace });

    const isPeer = (peers: Peer[] | undefined, end: End): boolean => peers === undefined || peers.some(({ podSelector, namespaceSelector }) =>
      (namespaceSelector === undefined ? end.namespace === 'chat' : namespaceSelector.matchLabels['kubernetes.io/metadata.name'] === end.namespace)
      && (podSelector === undefined || matches(podSelector.matchLabels, end.labels)) && (podSelector !== undefined || namespaceSelector !== undefined));
    const allows = (direction: 'ingress' | 'egress', of: End, other: End, port: number, names: readonly (string | undefined)[] = []): boolean => {
      const policies = manifests.filter(({ kind, spec }) => kind === 'NetworkPolicy' && of.namespace === 'chat' && matches(spec.podSelector.matchLabels, of.labels));
      const isOpen = ({ ports, from, to }: Rule) => ports.some((each) => each.port === port || names.includes(String(each.port))) && isPeer(direction === 'ingress' ? from : to, other);
      return policies.length === 0 || policies.some(({ spec }) => spec[direction].some(isOpen));
    };
    const reaches = (from: End, to: End, port: number): boolean => {
      const component = to.labels[COMPONENT];
      const names = component === undefined ? [] : (containerOf(manifests, component).ports ?? []).filter(({ containerPort }) => containerPort === port).map(({ name }) => name);
      return allows('egress', from, to, port) && allows('ingress', to, from, port, names);
    };

    test('each part reaches what it needs', () => {
      const haproxy = podsOf('haproxy');
      expect(reaches(elsewhere('internet'), haproxy, 8080)).toBe(true);
      expect(reaches(haproxy, podsOf('gateway'), 8080)).toBe(true);
      const needs = { gateway: [4222, 6379], persistence: [4222, 5432], moderation: [4222], migrations: [5432], haproxy: [] };
      const servers: Record<number, string> = { 4222: 'nats', 6379: 'redis', 5432: 'postgres' };
      for (const [component, ports] of Object.entries(needs)) {
        expect(reaches(podsOf(component), elsewhere('kube-system'), 53), component).toBe(true);
        for (const [port, namespace] of Object.entries(servers)) expect(reaches(podsOf(component), elsewhere(namespace), Number(port)), `${component} ${namespace}`).toBe((ports as number[]).includes(Number(port)));
      }
      for (const [component, port] of [['gateway', 8080], ['persistence', 8090], ['moderation', 8091], ['haproxy', 8404]] as const) expect(reaches(elsewhere('monitoring'), podsOf(component), port), component).toBe(true);
    });

    test('and nothing else', () => {
      for (const stranger of [elsewhere('internet'), { labels: { app: 'other' }, namespace: 'chat' }, podsOf('persistence')]) {
        for (const [component, port] of [['gateway', 8080], ['persistence', 8090], ['moderation', 8091], ['haproxy', 8404]] as const) expect(reaches(stranger, podsOf(component), port), component).toBe(false);
      }
      expect(reaches(podsOf('gateway'), elsewhere('internet'), 443)).toBe(false);
      for (const { spec, metadata } of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) expect(spec.policyTypes, metadata.name).toEqual(['Ingress', 'Egress']);
    });
  });
});

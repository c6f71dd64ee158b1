/** values.schema.json: what the chart takes, and nothing else. Settings of the apps are those that libs/runtime has. */
import { APPS, VARIABLES, type VariableName } from '@parley/runtime';

type Schema = Record<string, unknown>;

/** What the chart itself says, from other values. */
const MANAGED: ReadonlySet<VariableName> = new Set([
  'port', 'host', 'dataDir', 'region', 'nodeName', 'natsReplicas', 'sessionKeyFile', 'webDist', 'workers', 'shutdownTimeout', 'leaveNotice', 'leaveRate', 'trustedProxies',
]);

const object = (properties: Schema): Schema => ({ type: 'object', additionalProperties: false, properties });
const text = { type: 'string' };
const name = { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' };
const orNothing = (schema: Schema): Schema => ({ anyOf: [{ const: '' }, schema] });
const yes = { type: 'boolean' };
const whole = (minimum: number, maximum: number): Schema => ({ type: 'integer', minimum, maximum });
const list = (items: Schema): Schema => ({ type: 'array', items });
const some = (...values: string[]): Schema => ({ enum: values });
const strings = { type: 'object', additionalProperties: text };
const anything = { type: 'object' };
const port = whole(1, 65_535);
const duration = { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' };

const image = object({ repository: { type: 'string', minLength: 1 }, tag: text, digest: orNothing({ type: 'string', pattern: '^sha256:[0-9a-f]{64}$' }) });
const quantity = { type: ['string', 'integer', 'number'], pattern: '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$' };
const amounts = object({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity });
const toleration = object({ key: text, operator: some('Exists', 'Equal'), value: text, effect: some('NoSchedule', 'PreferNoSchedule', 'NoExecute'), tolerationSeconds: { type: 'integer' } });
const variable = { ...object({ name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, value: text, valueFrom: anything }), required: ['name'] };
const peer = { ...object({ podSelector: anything, namespaceSelector: anything, ipBlock: object({ cidr: text, except: list(text) }) }), minProperties: 1 };
const egress = object({ ports: list(object({ protocol: some('TCP', 'UDP', 'SCTP'), port: { type: ['integer', 'string'] }, endPort: port })), to: list(peer) });
const servers = object({ ports: { ...list(port), minItems: 1 }, to: list(peer) });
const secret = object({ existingSecret: name, key: { type: 'string', minLength: 1 } });

const pod = {
  resources: object({ requests: amounts, limits: amounts }), uid: whole(1, 2_147_483_647), podLabels: strings, podAnnotations: strings, priorityClassName: orNothing(name),
  nodeSelector: strings, tolerations: list(toleration), affinity: object({ nodeAffinity: anything, podAffinity: anything, podAntiAffinity: anything }),
};

const settingsOf = (app: 'gateway' | 'persistence' | 'moderation'): Schema =>
  object(Object.fromEntries(APPS[app].variables
    .filter((each) => !MANAGED.has(each) && !('secret' in VARIABLES[each] && VARIABLES[each].secret))
    .map((each) => [VARIABLES[each].env, { type: ['string', 'integer', 'boolean'], description: VARIABLES[each].meaning }])));

/** A Deployment of one of Parley's apps. */
const app = (which: 'gateway' | 'persistence' | 'moderation', more: Schema): Schema =>
  object({ image, replicas: whole(1, 1_000), settings: settingsOf(which), extraEnv: list(variable), extraEgress: list(egress), ...pod, ...more });
/** Of the variable `SHUTDOWN_TIMEOUT`, at most. */
const shutdownTimeout = whole(1, 3_600);

export const valuesSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Values of the chart parley',
  ...object({
    // Helm's own, for charts that have this one as a part.
    global: anything,
    fullnameOverride: orNothing({ type: 'string', maxLength: 40, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' }),
    imageRegistry: text,
    imagePullPolicy: some('Always', 'IfNotPresent', 'Never'),
    imagePullSecrets: list({ ...object({ name }), required: ['name'] }),
    region: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$' },
    natsReplicas: { enum: [1, 3, 5] },
    clusterDomain: name,
    secrets: object({
      nats: secret, redis: secret, postgres: secret, sessionKeys: object({ existingSecret: name }),
      checkers: object({ existingSecret: orNothing(name), key: { type: 'string', minLength: 1 } }),
    }),
    caBundle: object({ existingConfigMap: orNothing(name), key: { type: 'string', minLength: 1 } }),
    serviceAccount: object({ create: yes, name: orNothing(name), annotations: strings }),
    topologySpread: object({ zones: some('ScheduleAnyway', 'DoNotSchedule'), nodes: some('ScheduleAnyway', 'DoNotSchedule') }),
    gateway: app('gateway', {
      workers: whole(1, 64),
      socketsPerPod: whole(1, 1_000_000),
      drain: object({ preStopSeconds: whole(1, 60), notice: whole(2, 60), rate: whole(1, 100_000) }),
      autoscaling: object({
        enabled: yes, minReplicas: whole(1, 1_000), maxReplicas: whole(1, 1_000), targetSockets: whole(1, 1_000_000), socketsMetric: { type: 'string', minLength: 1 }, targetCPUPercent: whole(10, 100),
      }),
      trustedProxies: { type: 'string', minLength: 1 },
    }),
    persistence: app('persistence', { shutdownTimeout }),
    moderation: app('moderation', { enabled: yes, shutdownTimeout }),
    migrations: object({ enabled: yes, retries: whole(0, 100), deadlineSeconds: whole(1, 86_400), ...pod }),
    haproxy: object({
      image, replicas: whole(1, 100), maxConnections: whole(100, 10_000_000), preferIp: some('ipv4', 'ipv6'), ...pod,
      drain: object({ preStopSeconds: whole(1, 600), seconds: whole(1, 86_400) }),
      service: object({
        type: some('LoadBalancer', 'NodePort', 'ClusterIP'), port, externalTrafficPolicy: some('Local', 'Cluster'), loadBalancerClass: text, loadBalancerSourceRanges: list(text), annotations: strings,
      }),
    }),
    networkPolicy: object({ enabled: yes, clients: list(peer), gatewayClients: list(peer), monitoring: list(peer), dns: { ...list(peer), minItems: 1 }, nats: servers, redis: servers, postgres: servers }),
    serviceMonitor: object({ enabled: yes, labels: strings, interval: duration, scrapeTimeout: duration }),
  }),
});

export const valuesSchemaText = (): string => `${JSON.stringify(valuesSchema(), null, 2)}\n`;

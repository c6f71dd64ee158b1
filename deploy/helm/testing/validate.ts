import { readFileSync } from 'node:fs';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Ajv, type ValidateFunction } from 'ajv';

/** The oldest that the chart is for, and the newest there was. */
export const VERSIONS = ['1.30', '1.37'] as const;

const DEFINITIONS: Readonly<Record<string, string>> = {
  'v1 Service': 'io.k8s.api.core.v1.Service',
  'v1 ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1 ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'apps/v1 Deployment': 'io.k8s.api.apps.v1.Deployment',
  'batch/v1 Job': 'io.k8s.api.batch.v1.Job',
  'autoscaling/v2 HorizontalPodAutoscaler': 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'policy/v1 PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'networking.k8s.io/v1 NetworkPolicy': 'io.k8s.api.networking.v1.NetworkPolicy',
};
const MONITOR = 'monitoring.coreos.com/v1 ServiceMonitor';

/** Kubernetes takes `null` for what is not there; a chart that says it has forgotten something. */
const withoutNull = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutNull);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) =>
    [key, key === 'type' && Array.isArray(value) && value.includes('null') ? value.find((type) => type !== 'null') : withoutNull(value)]));
};

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** What the schemas leave to the server's own code: names, labels, and that nothing is there that is `null`. */
const problemsOfNames = (object: unknown, path = ''): string[] => {
  if (object === null) return [`${path} is null`];
  if (typeof object !== 'object') return [];
  return Object.entries(object).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}/${key}`;
    if ((key === 'labels' || key === 'matchLabels') && typeof value === 'object' && value !== null) {
      return Object.entries(value).filter(([name, label]) => !LABEL_KEY.test(name) || !LABEL.test(String(label))).map(([name]) => `${here}/${name} is no label`);
    }
    if (key === 'name' && /^\/metadata\/name$|containers\/\d+\/name$|volumes\/\d+\/name$|ports\/\d+\/name$/.test(here) && !NAME.test(String(value))) return [`${here} is no name`];
    return problemsOfNames(value, here);
  });
};

const validators = new Map<string, ValidateFunction>();
const validatorOf = (version: string, definition: string): ValidateFunction => {
  const key = `${version} ${definition}`;
  const known = validators.get(key);
  if (known) return known;
  const schemas = withoutNull(JSON.parse(readFileSync(new URL(`../schemas/kubernetes-${version}.json`, import.meta.url), 'utf8'))) as object;
  const ajv = new Ajv({ allErrors: true, strict: false, formats: { int32: true, int64: true, double: true, byte: true, 'date-time': true } });
  ajv.addSchema(schemas, version);
  const made = ajv.compile({ $ref: `${version}#/$defs/${definition}` });
  validators.set(key, made);
  return made;
};

/** Of the operator's resource its schema lets unknown properties pass. These are the ones there are that the chart uses. */
const MONITOR_SPEC = new Set(['selector', 'namespaceSelector', 'endpoints']);
const MONITOR_ENDPOINT = new Set(['port', 'path', 'interval', 'scrapeTimeout']);

const problemsOfMonitor = (object: ConstructorParameters<typeof ServiceMonitor>[0]): string[] => {
  const { spec } = object ?? {};
  const keys = [...Object.keys(spec ?? {}).filter((key) => !MONITOR_SPEC.has(key)), ...(spec?.endpoints ?? []).flatMap((endpoint) => Object.keys(endpoint)).filter((key) => !MONITOR_ENDPOINT.has(key))];
  try {
    new ServiceMonitor(object).validate();
  } catch (error) {
    return [...keys, String(error)];
  }
  return keys;
};

/** What a server of that version would refuse of an object. */
export const problemsOf = (version: (typeof VERSIONS)[number], object: object): string[] => {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const type = `${apiVersion} ${kind}`;
  if (type === MONITOR) return [...problemsOfMonitor(object as ConstructorParameters<typeof ServiceMonitor>[0]), ...problemsOfNames(object)];
  const definition = DEFINITIONS[type];
  if (definition === undefined) return [`no schema of ${type}`];
  const validate = validatorOf(version, definition);
  validate(object);
  return [...(validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`), ...problemsOfNames(object)];
};

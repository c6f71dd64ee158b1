/** Of Kubernetes' objects, what the tests look at. The schemas have held them to the rest before. */
export type Labels = Record<string, string>;
export type EnvVar = { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string }; fieldRef?: { fieldPath: string } } };
export type Probe = { httpGet: { path: string; port: string } };
export type Container = {
  name: string; image: string; command?: string[]; env: EnvVar[]; ports?: { name: string; containerPort: number }[];
  securityContext: unknown; resources: { requests?: object; limits?: object };
  startupProbe?: Probe; livenessProbe?: Probe; readinessProbe?: Probe; lifecycle?: { preStop: { sleep: { seconds: number } } };
  volumeMounts?: { name: string; mountPath: string }[];
};
export type Pod = {
  metadata: { labels: Labels; annotations?: Labels };
  spec: {
    containers: Container[]; securityContext: unknown; serviceAccountName: string; automountServiceAccountToken: boolean; enableServiceLinks: boolean; terminationGracePeriodSeconds?: number;
    topologySpreadConstraints?: { labelSelector: { matchLabels: Labels } }[]; volumes?: { name: string }[];
  };
};
export type Peer = { podSelector?: { matchLabels: Labels }; namespaceSelector?: { matchLabels: Labels } };
export type Rule = { ports: { protocol: string; port: number | string }[]; from?: Peer[]; to?: Peer[] };
export type Manifest = {
  apiVersion: string; kind: string; metadata: { name: string; namespace: string; labels: Labels; annotations?: Labels };
  data?: Labels;
  spec: {
    replicas?: number; template: Pod; selector: Labels & { matchLabels?: Labels }; ports: { name: string; port: number; targetPort: string }[]; clusterIP?: string; publishNotReadyAddresses?: boolean;
    strategy: unknown; podSelector: { matchLabels: Labels }; ingress: Rule[]; egress: Rule[]; policyTypes: string[];
    scaleTargetRef: { name: string; kind: string }; minReplicas: number; maxReplicas: number; metrics: { type: string; pods?: { metric: { name: string } }; resource?: { name: string } }[];
    endpoints: { port: string }[]; maxUnavailable: number;
  };
};

export const COMPONENT = 'app.kubernetes.io/component';
export const isWorkload = ({ kind }: Manifest): boolean => kind === 'Deployment' || kind === 'Job';
export const matches = (selector: Labels, labels: Labels): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);
export const podOf = (manifests: readonly Manifest[], component: string): Pod => {
  const found = manifests.find((each) => isWorkload(each) && each.metadata.labels[COMPONENT] === component);
  if (!found) throw new Error(`no workload ${component}`);
  return found.spec.template;
};
export const containerOf = (manifests: readonly Manifest[], component: string): Container => {
  const [container] = podOf(manifests, component).spec.containers;
  if (!container) throw new Error(`no container in ${component}`);
  return container;
};
export const named = (manifests: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};
export const valueOf = ({ env }: Container, name: string): string | undefined => env.find((each) => each.name === name)?.value;

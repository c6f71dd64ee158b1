{{/* The parts every pod has. Of (dict "root" $ "component" "gateway" "values" .Values.gateway). */}}

{{- define "parley.podMetadata" -}}
labels:
  {{- include "parley.labels" . | nindent 2 }}
  {{- with .values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "parley.podSettings" -}}
serviceAccountName: {{ default (include "parley.serviceAccountName" .root) .account }}
# Nothing here speaks to Kubernetes.
automountServiceAccountToken: false
# What Kubernetes would say of services in the environment is named as Parley's own settings could be.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .values.uid | int64 }}
  runAsGroup: {{ .values.uid | int64 }}
  fsGroup: {{ .values.uid | int64 }}
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "parley.spread" -}}
topologySpreadConstraints:
  {{- range $key, $when := dict "topology.kubernetes.io/zone" .root.Values.topologySpread.zones "kubernetes.io/hostname" .root.Values.topologySpread.nodes }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ $when }}
    labelSelector:
      matchLabels:
        {{- include "parley.selector" $ | nindent 8 }}
    # The pods of before an update do not count against those that take their place.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end -}}

{{- define "parley.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Kubernetes restarts what does not turn over; whether newcomers are let in is what `ready` says. */}}
{{- define "parley.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 2
  timeoutSeconds: 4
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /readyz, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
{{- end -}}

{{/* One variable from a Secret that is there already. Of (dict "env" "NATS_URL" "from" .Values.secrets.nats). */}}
{{- define "parley.secretEnv" -}}
- name: {{ .env }}
  valueFrom:
    secretKeyRef:
      name: {{ .from.existingSecret }}
      key: {{ .from.key }}
{{- end -}}

{{/* What every app of Parley is told. Of (dict "root" $ "values" .Values.gateway "port" 8080 "shutdownTimeout" 40). */}}
{{- define "parley.commonEnv" -}}
- name: NODE_ENV
  value: production
- name: PORT
  value: {{ .port | quote }}
- name: REGION
  value: {{ .root.Values.region }}
- name: NODE_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: SHUTDOWN_TIMEOUT
  value: {{ .shutdownTimeout | quote }}
{{- if .root.Values.caBundle.existingConfigMap }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/parley/ca/{{ .root.Values.caBundle.key }}
{{- end }}
{{- range $name, $value := .values.settings }}
- name: {{ $name }}
  value: {{ ternary (printf "%.0f" $value) $value (kindIs "float64" $value) | toString | quote }}
{{- end }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "parley.caMount" -}}
{{- if .Values.caBundle.existingConfigMap }}
- name: ca
  mountPath: /etc/parley/ca
  readOnly: true
{{- end }}
{{- end -}}

{{- define "parley.caVolume" -}}
{{- if .Values.caBundle.existingConfigMap }}
- name: ca
  configMap:
    name: {{ .Values.caBundle.existingConfigMap }}
{{- end }}
{{- end -}}

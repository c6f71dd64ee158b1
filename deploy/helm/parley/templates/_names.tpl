{{/* What the release's objects are called: at most 40 characters, so that a pod's whole name stays a DNS label. */}}
{{- define "parley.fullname" -}}
{{- default (ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name)) .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What never changes of a component: what selectors match. Of (dict "root" $ "component" "gateway"). */}}
{{- define "parley.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "parley.labels" -}}
{{ include "parley.selector" . }}
app.kubernetes.io/part-of: parley
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "parley.metadata" -}}
name: {{ include "parley.fullname" .root }}-{{ .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "parley.labels" . | nindent 2 }}
{{- end -}}

{{- define "parley.serviceAccountName" -}}
{{- default (include "parley.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* Of (dict "root" $ "image" .Values.gateway.image): by digest where there is one. A repository with a slash names its own registry. */}}
{{- define "parley.image" -}}
{{- $own := or (empty .root.Values.imageRegistry) (contains "/" .image.repository) -}}
{{- $name := ternary .image.repository (printf "%s/%s" .root.Values.imageRegistry .image.repository) $own -}}
{{- if .image.digest -}}
{{ $name }}@{{ .image.digest }}
{{- else -}}
{{ $name }}:{{ default .root.Chart.AppVersion .image.tag }}
{{- end -}}
{{- end -}}

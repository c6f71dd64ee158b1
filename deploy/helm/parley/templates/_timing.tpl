{{/*
How long a gateway may take to leave, seconds (SHUTDOWN_TIMEOUT): the notice, all its clients at the rate at which the others can take
them, those that do not listen, and what was begun. As docs/operations.md has it: sockets / rate + 15.
*/}}
{{- define "parley.gateway.shutdownTimeout" -}}
{{- $drain := .Values.gateway.drain -}}
{{- $needed := add (div (add .Values.gateway.socketsPerPod (sub $drain.rate 1)) $drain.rate) 15 -}}
{{- max $needed (add $drain.notice 15) -}}
{{- end -}}

{{/* Kubernetes' patience is longer than the process' own, so that the process decides: one second is the primary's of several processes. */}}
{{- define "parley.gateway.grace" -}}
{{- add .Values.gateway.drain.preStopSeconds (include "parley.gateway.shutdownTimeout" .) 6 -}}
{{- end -}}

{{- define "parley.worker.grace" -}}
{{- add .shutdownTimeout 5 -}}
{{- end -}}

{{- define "parley.haproxy.grace" -}}
{{- add .Values.haproxy.drain.preStopSeconds .Values.haproxy.drain.seconds 5 -}}
{{- end -}}

{{- define "parley.gateway.most" -}}
{{- ternary .Values.gateway.autoscaling.maxReplicas .Values.gateway.replicas .Values.gateway.autoscaling.enabled -}}
{{- end -}}

{{/* Gateways that HAProxy has room for: in a rolling update all the old ones may still be leaving while all the new ones are there. */}}
{{- define "parley.haproxy.slots" -}}
{{- add (mul 2 (include "parley.gateway.most" . | int)) 2 -}}
{{- end -}}

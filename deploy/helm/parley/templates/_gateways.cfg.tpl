{{/*
What haproxy.cfg leaves to whoever starts it: which gateways there are. Pods come and go, so HAProxy asks the cluster's DNS for them, and needs no
reload. The cookie is a hash of a pod's address and port: every HAProxy computes the same for the same pod, whatever slot it has it in.
*/}}
{{- define "parley.haproxy.gateways" -}}
{{- $pods := printf "%s-gateway.%s.svc.%s:8080" (include "parley.fullname" .) .Release.Namespace .Values.clusterDomain -}}
resolvers kubernetes
  parse-resolv-conf
  accepted_payload_size 8192
  timeout resolve 1s
  timeout retry 1s
  hold valid 1s
  # An answer that lacks an address for a moment cuts nobody; nor does a DNS that is away.
  hold obsolete 10s
  hold nx 60s
  hold other 60s
  hold refused 60s
  hold timeout 60s
{{ range $backend := list "gateways" "gateways-alive" }}
backend {{ $backend }} from {{ $backend }}
  dynamic-cookie-key {{ include "parley.fullname" $ }}
  cookie parley_gateway insert indirect nocache httponly attr "SameSite=Lax" dynamic
  server-template gateway- 1-{{ include "parley.haproxy.slots" $ }} {{ $pods }} resolvers kubernetes resolve-prefer {{ $.Values.haproxy.preferIp }} init-addr none
{{ end }}
frontend operators from clients
  bind "${HOST-0.0.0.0}:8404"
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 200 content-type text/plain string ok if { path /healthz }
  # Nobody is sent to one that knows no gateway yet.
  http-request return status 503 content-type text/plain string "no gateway" if { path /readyz } { nbsrv(gateways-alive) eq 0 }
  http-request return status 200 content-type text/plain string ok if { path /readyz }
  http-request return status 404
{{- end -}}

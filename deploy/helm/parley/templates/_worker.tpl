{{/* A worker: a Deployment, the Service by which Prometheus finds it, and its budget. Of (dict "root" $ "component" … "values" … "port" … "env" a list). */}}
{{- define "parley.worker" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "parley.metadata" . | nindent 2 }}
spec:
  replicas: {{ .values.replicas }}
  selector:
    matchLabels:
      {{- include "parley.selector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      {{- include "parley.podMetadata" . | nindent 6 }}
    spec:
      {{- include "parley.podSettings" . | nindent 6 }}
      {{- include "parley.spread" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ include "parley.worker.grace" .values }}
      containers:
        - name: {{ .component }}
          image: {{ include "parley.image" (dict "root" .root "image" .values.image) }}
          imagePullPolicy: {{ .root.Values.imagePullPolicy }}
          {{- include "parley.containerSecurity" . | nindent 10 }}
          ports:
            - name: http
              containerPort: {{ .port }}
          env:
            {{- include "parley.commonEnv" (dict "root" .root "values" .values "port" .port "shutdownTimeout" .values.shutdownTimeout) | nindent 12 }}
            - name: NATS_REPLICAS
              value: {{ .root.Values.natsReplicas | quote }}
            {{- range .secretEnv }}
            {{- include "parley.secretEnv" . | nindent 12 }}
            {{- end }}
          # One that hangs keeps its share of the rooms until it is restarted.
          {{- include "parley.probes" (dict "port" "http") | nindent 10 }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          {{- with include "parley.caMount" .root }}
          volumeMounts:
            {{- . | nindent 12 }}
          {{- end }}
      {{- with include "parley.caVolume" .root }}
      volumes:
        {{- . | nindent 8 }}
      {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "parley.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "parley.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .port }}
      targetPort: http
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "parley.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "parley.selector" . | nindent 6 }}
{{- end -}}

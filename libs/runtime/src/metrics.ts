import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = {
  registry: Registry;
  counter<L extends string = never>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string = never>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** A gauge that is read when metrics are collected. */
  measured(name: string, help: string, read: () => number): void;
  histogram<L extends string = never>(name: string, help: string, buckets: number[], labels?: readonly L[]): Histogram<L>;
};

/** Seconds: from what a log on loopback takes to what a person calls broken. */
export const LATENCY_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A registry of its own (tests run several in one process), every name under `parley_`, with the process' own metrics unless told not to. */
export const createMetrics = (settings: { app: string; labels?: Readonly<Record<string, string>> | undefined; processMetrics?: boolean }): Metrics => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: settings.app, ...settings.labels });
  if (settings.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    counter: (name, help, labelNames = []) => new Counter({ name: `parley_${name}`, help, labelNames, registers }),
    gauge: (name, help, labelNames = []) => new Gauge({ name: `parley_${name}`, help, labelNames, registers }),
    measured: (name, help, read) => void new Gauge({ name: `parley_${name}`, help, registers, collect() { this.set(read()); } }),
    histogram: (name, help, buckets, labelNames = []) => new Histogram({ name: `parley_${name}`, help, buckets, labelNames, registers }),
  };
};

export type MetricsOfProcess = MetricObjectWithValues<MetricValue<string>>[];

/**
 * The metrics of several processes as one text. Each must have a label that tells it from the others: sums would jump whenever
 * one of them starts anew.
 */
export const mergeMetrics = (each: readonly MetricsOfProcess[]): Promise<string> =>
  AggregatorRegistry.aggregate(each.map((metrics) => metrics.map((metric) => ({ ...metric, aggregator: 'sum' })))).metrics();

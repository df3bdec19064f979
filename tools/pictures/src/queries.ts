// Queries of panels and annotations, asked as Grafana asks them.
import { rangeUtil, type TimeRange } from '@grafana/data';
import { aligned, interpolate, intervals, seconds, stepSeconds } from './interpolate.mjs';
import type { Variable } from './variables';

export type Series = { metric: Record<string, string>; values?: Array<[number, string]>; value?: [number, string] };

/** Everything that a query needs to know besides itself. */
export type Context = {
  range: TimeRange;
  scrape: number;
  variables: Map<string, Variable>;
};

declare global {
  interface Window {
    /** Given by render.mjs: asks the Prometheus HTTP API. */
    prometheus(path: string, parameters: Record<string, string>): Promise<{ data?: any; error?: string }>;
  }
}

/** The data of an answer of the Prometheus HTTP API. */
export async function ask(path: string, parameters: Record<string, string>) {
  const { data, error } = await window.prometheus(path, parameters);
  if (error) throw new Error(error);
  return data;
}

/** What a target of a panel asks, with variables and intervals filled in. */
export function prepared(target: any, panel: any, context: Context, width: number) {
  const from = context.range.from.valueOf() / 1000;
  const to = context.range.to.valueOf() / 1000;
  const minimum = interval(target.interval || panel.interval, context) ?? context.scrape;
  const { intervalMs } = rangeUtil.calculateInterval(
    context.range,
    panel.maxDataPoints ?? Math.max(1, Math.floor(width)),
    `${minimum * 1000}ms`
  );
  const step = stepSeconds({ intervalMs, minimum, rangeSeconds: to - from, factor: target.intervalFactor || 1 });
  const scoped = intervals({ step, scrape: minimum, rangeSeconds: to - from });
  const expr = interpolate(target.expr, context.variables, { scoped, format: 'promql' });
  return { expr, step, scoped, from, to };
}

function interval(text: string | undefined, context: Context): number | undefined {
  if (!text) return undefined;
  const plain = interpolate(text, context.variables, { scoped: { __interval: `${context.scrape}s` } });
  return seconds(plain.replace(/^>=?/, ''));
}

/** The series of a range query. */
export async function rangeQuery(expr: string, from: number, to: number, step: number): Promise<Series[]> {
  const { start, end } = aligned(from, to, step);
  const data = await ask('/api/v1/query_range', { query: expr, start: `${start}`, end: `${end}`, step: `${step}` });
  return data.result;
}

/** The series of an instant query; a scalar is a series without labels. */
export async function instantQuery(expr: string, time: number): Promise<Series[]> {
  const { resultType, result } = await ask('/api/v1/query', { query: expr, time: `${time}` });
  return resultType === 'scalar' ? [{ metric: {}, value: result }] : result;
}

// Annotations out of Prometheus, as points in time and as regions.
import { interpolate, intervals, seconds } from './interpolate.mjs';
import { rangeQuery, type Context, type Series } from './queries';

export type Annotation = { from: number; to: number; color: string; title: string };
export type Layer = { name: string; enabled: boolean; annotations: Annotation[]; filter?: { exclude?: boolean; ids?: number[] } };

/** The layers of a dashboard that ask Prometheus. */
export async function resolveAnnotations(dashboard: any, context: Context): Promise<Layer[]> {
  const models = (dashboard.annotations?.list ?? []).filter((model: any) => !model.builtIn && !model.hide);
  return Promise.all(
    models.map(async (model: any) => ({
      name: model.name,
      enabled: model.enable !== false,
      filter: model.filter,
      annotations: model.enable === false ? [] : await annotations(model, context),
    }))
  );
}

async function annotations(model: any, context: Context): Promise<Annotation[]> {
  const step = seconds(model.step || model.target?.step || '60s');
  const from = context.range.from.valueOf() / 1000;
  const to = context.range.to.valueOf() / 1000;
  const scoped = intervals({ step, scrape: context.scrape, rangeSeconds: to - from });
  const expr = interpolate(model.expr ?? model.target?.expr ?? '', context.variables, { scoped, format: 'promql' });
  if (!expr) throw new Error(`the annotation "${model.name}" has no query`);
  return (await rangeQuery(expr, from, to, step)).flatMap((series) => regions(series, step, model));
}

/** Neighbouring points above 0 are one region. */
function regions({ metric, values = [] }: Series, step: number, model: any): Annotation[] {
  const found: Annotation[] = [];
  for (const [time, value] of values) {
    if (!(Number(value) > 0)) continue;
    const at = time * 1000;
    const last = found[found.length - 1];
    if (last && last.to + step * 1000 >= at) {
      last.to = at;
      continue;
    }
    const title = (model.titleFormat ?? '').replace(/\{\{\s*(.+?)\s*\}\}/g, (_: string, label: string) => metric[label] ?? '');
    found.push({ from: at, to: at, color: model.iconColor || 'red', title });
  }
  return found;
}

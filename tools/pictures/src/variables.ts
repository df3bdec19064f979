// Template variables: from the command line, else from the dashboard, else from
// what Prometheus answers.
import { escapeRegex } from '@grafana/data';
import { interpolate } from './interpolate.mjs';
import { ask, instantQuery, type Context } from './queries';

export type Variable = {
  name: string;
  label: string;
  values: string[];
  text: string;
  isAll: boolean;
  allValue?: string;
  multi: boolean;
  includeAll: boolean;
  hidden: boolean;
};

/** Resolves variables in their order, each with the ones before it. `given` is what the command line says. */
export async function resolveVariables(dashboard: any, given: Record<string, string[]>, context: Context) {
  for (const model of dashboard.templating?.list ?? []) {
    context.variables.set(model.name, await resolve(model, given[model.name], context));
  }
}

async function resolve(model: any, given: string[] | undefined, context: Context): Promise<Variable> {
  const options = model.type === 'query' ? await queryOptions(model, context) : plainOptions(model);
  const current = model.type === 'datasource' ? options : model.current?.value;
  let values = given ?? [current ?? []].flat().filter((value: string) => value !== '');
  const all = ['$__all', 'All'];
  let isAll = Boolean(model.includeAll) && values.length > 0 && values.every((value: string) => all.includes(value));
  if (values.length === 0) {
    isAll = Boolean(model.includeAll);
    values = options.slice(0, 1);
  }
  return {
    name: model.name,
    label: model.label || model.name,
    values: isAll ? options : values,
    text: isAll ? 'All' : values.join(' + '),
    isAll,
    allValue: model.allValue || undefined,
    multi: Boolean(model.multi),
    includeAll: Boolean(model.includeAll),
    hidden: model.hide === 2 || model.hide === 'hideVariable',
  };
}

function plainOptions(model: any): string[] {
  if (model.type === 'datasource') return ['Prometheus'];
  const query = typeof model.query === 'string' ? model.query : '';
  return model.type === 'custom' || model.type === 'interval' ? query.split(',').map((part: string) => part.trim()) : [query];
}

async function queryOptions(model: any, context: Context): Promise<string[]> {
  const text = typeof model.query === 'string' ? model.query : (model.query?.query ?? model.definition ?? '');
  const query = interpolate(text, context.variables, { format: 'promql' });
  return sorted(filtered(await answers(query, context), model.regex), model.sort);
}

async function answers(query: string, context: Context): Promise<string[]> {
  const time = { start: `${context.range.from.valueOf() / 1000}`, end: `${context.range.to.valueOf() / 1000}` };
  const labels = /^label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\)\s*$/s.exec(query);
  if (labels) {
    const match: Record<string, string> = labels[1] ? { 'match[]': labels[1] } : {};
    return ask(`/api/v1/label/${labels[2]}/values`, { ...time, ...match });
  }
  const result = /^query_result\((.+)\)\s*$/s.exec(query);
  if (result) {
    const series = await instantQuery(result[1], context.range.to.valueOf() / 1000);
    return series.map(({ metric: { __name__: name = '', ...rest }, value }) => {
      const pairs = Object.entries(rest).map(([key, label]) => `${key}="${label}"`);
      return `${name}{${pairs.join(',')}} ${value?.[1]} ${(value?.[0] ?? 0) * 1000}`;
    });
  }
  throw new Error(`the variable query "${query}" is not understood: label_values() and query_result() are`);
}

function filtered(options: string[], regex?: string): string[] {
  if (!regex) return options;
  const parts = /^\/(.*)\/(\w*)$/s.exec(regex);
  const expression = parts ? new RegExp(parts[1], parts[2].replace('g', '')) : new RegExp(`^${escapeRegex(regex)}$`);
  const found = options.map((option) => expression.exec(option)).filter((match) => match !== null);
  return [...new Set(found.map((match) => match.groups?.value ?? match[1] ?? match[0]))];
}

function sorted(options: string[], sort?: number): string[] {
  if (!sort) return options;
  const ascending = [...options].sort((a, b) => a.localeCompare(b, 'en', { numeric: sort === 3 || sort === 4, sensitivity: 'base' }));
  return sort % 2 === 0 ? ascending.reverse() : ascending;
}

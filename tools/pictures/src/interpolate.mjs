// What Grafana and its Prometheus data source do with text before it is sent or
// shown: variables, intervals, legends. No dependencies, so that node can test it.

const reference = /\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

/**
 * Replaces $name, ${name}, ${name:format} and [[name]].
 * `variables` maps names to {values, text, isAll, allValue, multi, includeAll}, `scoped`
 * maps names like __interval to text; what neither knows stays as it is written.
 */
export function interpolate(text, variables, { scoped = {}, format = 'text' } = {}) {
  return text.replace(reference, (all, plain, square, squareFormat, braced, path, bracedFormat) => {
    const name = plain ?? square ?? braced;
    if (path === undefined && name in scoped) return String(scoped[name]);
    const variable = variables.get(name);
    return variable ? formatted(variable, squareFormat ?? bracedFormat ?? format) : all;
  });
}

function formatted(variable, format) {
  const { values, isAll, allValue } = variable;
  if (isAll && allValue && format !== 'text' && format !== 'queryparam') return allValue;
  switch (format) {
    case 'promql':
      return promql(variable);
    case 'regex':
      return oneOf(values.map((value) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&')));
    case 'pipe':
      return values.join('|');
    case 'queryparam':
      return (isAll ? ['$__all'] : values).map((value) => `var-${variable.name}=${encodeURIComponent(value)}`).join('&');
    case 'text':
      return variable.text;
    default:
      return values.join(',');
  }
}

/** A variable in a query: a regular expression inside a quoted string, hence the doubled backslashes. */
function promql({ values, multi, includeAll }) {
  if (!multi && !includeAll) return (values[0] ?? '').replace(/\\/g, '\\\\').replace(/'/g, "\\\\'");
  return oneOf(values.map((value) => value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&')));
}

const oneOf = (values) => (values.length === 1 ? values[0] : `(${values.join('|')})`);

/**
 * The step of a query in seconds: Grafana's rounded interval, never under the minimum, never more
 * than 11000 points, which is what Prometheus refuses.
 */
export function stepSeconds({ intervalMs, minimum, rangeSeconds, factor = 1 }) {
  const safe = Math.ceil(rangeSeconds / 11000);
  return Math.max(intervalMs / 1000, minimum, safe) * factor;
}

/** The range of a query, which the data source aligns to the step so that refreshing does not move the points. */
export function aligned(from, to, step) {
  return { start: Math.floor(from / step) * step, end: Math.floor(to / step) * step };
}

/** The variables that depend on the time range and the step. `scrape` is the scrape interval in seconds. */
export function intervals({ step, scrape, rangeSeconds }) {
  return {
    __interval: duration(step),
    __interval_ms: step * 1000,
    __rate_interval: duration(Math.max(step + scrape, 4 * scrape)),
    __range: `${Math.round(rangeSeconds)}s`,
    __range_s: Math.round(rangeSeconds),
    __range_ms: Math.round(rangeSeconds * 1000),
  };
}

/** Seconds as PromQL writes them, from 0.5 ("500ms") to days ("2d"). */
export function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['m', 60]]) {
    if (seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${Math.round(seconds)}s`;
}

/** The seconds of "15s", "1m" or "500ms". */
export function seconds(text) {
  const sizes = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  const parts = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text);
  if (!parts) throw new Error(`"${text}" is no duration: write 15s, 1m or 500ms`);
  return Number(parts[1]) * sizes[parts[2]];
}

/**
 * The name of a series. Undefined leaves it to Grafana, which then shows the
 * labels by which the series of the panel differ.
 */
export function legend(format, expr, labels) {
  if (format === '__auto') return Object.keys(labels).length ? undefined : expr;
  if (format) return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '');
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return name + (pairs.length ? `{${pairs.join(', ')}}` : '') || expr;
}

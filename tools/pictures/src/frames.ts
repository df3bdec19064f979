// Data frames, as Grafana's Prometheus data source makes them from answers.
import { FieldType, createDataFrame, type DataFrame, type Field } from '@grafana/data';
import { legend } from './interpolate.mjs';
import type { Series } from './queries';

export type Answer = { target: any; expr: string; step: number; series: Series[] };

/** The frames of all targets of a panel. */
export function toFrames(answers: Answer[]): DataFrame[] {
  const tables = answers.filter(({ target }) => target.format === 'table').length;
  return answers.flatMap((answer) => {
    switch (answer.target.format) {
      case 'table':
        return [tableFrame(answer, tables > 1 ? `Value #${answer.target.refId}` : 'Value')];
      case 'heatmap':
        return bucketFrames(answer);
      default:
        return seriesFrames(answer);
    }
  });
}

/** One frame for each series; an answer without series is a frame without fields, which keeps its refId known. */
function seriesFrames({ target, expr, step, series }: Answer): DataFrame[] {
  if (series.length === 0) return [createDataFrame({ refId: target.refId, fields: [] })];
  return series.map(({ metric, values, value }) => {
    const points = values ?? [value!];
    const name = legend(target.legendFormat, expr, metric);
    return createDataFrame({
      refId: target.refId,
      fields: [
        timeField(points.map(([time]) => time * 1000), step),
        {
          name: metric.__name__ ?? 'Value',
          type: FieldType.number,
          labels: metric,
          values: points.map(([, text]) => number(text)),
          config: name === undefined ? {} : { displayNameFromDS: name },
        },
      ],
    });
  });
}

function timeField(values: number[], step: number) {
  return { name: 'Time', type: FieldType.time, values, config: { interval: step * 1000 } };
}

/** One frame for all series: time, a column for each label, the value. */
function tableFrame({ target, step, series }: Answer, valueName: string): DataFrame {
  const rows = series.flatMap(({ metric, values, value }) => (values ?? [value!]).map(([time, text]) => ({ metric, time, text })));
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  return createDataFrame({
    refId: target.refId,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      timeField(rows.map(({ time }) => time * 1000), step),
      ...labels.map((label) => ({
        name: label,
        type: label === 'le' ? FieldType.number : FieldType.string,
        config: { filterable: true },
        values: rows.map(({ metric }) => (label === 'le' ? number(metric[label]) : (metric[label] ?? ''))),
      })),
      { name: valueName, type: FieldType.number, config: {}, values: rows.map(({ text }) => number(text)) },
    ],
  });
}

/** Cumulative le buckets become one frame a bucket, each less the one below it. */
function bucketFrames(answer: Answer): DataFrame[] {
  const bound = ({ metric }: Series) => number(metric.le ?? '+Inf');
  const series = [...answer.series].sort((a, b) => bound(a) - bound(b));
  const frames = seriesFrames({ ...answer, series, target: { ...answer.target, legendFormat: '{{le}}' } });
  frames.forEach((frame, i) => (frame.name = series[i]?.metric.le));
  for (let i = frames.length - 1; i > 0; i--) {
    const below = new Map(pairs(frames[i - 1].fields));
    const [time, value] = frames[i].fields;
    value.values = value.values.map((v, at) => Math.max(0, v - (below.get(time.values[at]) ?? 0)));
  }
  return frames;
}

const pairs = ([time, value]: Field[]): Array<[number, number]> => time.values.map((t, i) => [t, value.values[i]]);

function number(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

// heatmap: our own plain drawing of le buckets, @grafana/ui has none.
import { FieldType, formattedValueToString, getValueFormat, type DataFrame, type GrafanaTheme2 } from '@grafana/data';
import { measureText } from '@grafana/ui';
import { TimeAxis } from './drawing';
import { Empty, type DrawProps } from './index';

/** The dark end of Grafana's schemes; the other end is the background. */
const schemes: Record<string, string> = { Oranges: '#ff780a', Blues: '#5794f2', Greens: '#73bf69', Reds: '#f2495c', Purples: '#b877d9' };

export function Heatmap(props: DrawProps) {
  const { panel, width, height, range, theme } = props;
  const frames = props.frames.filter(({ fields }) => fields.some(({ type }) => type === FieldType.number));
  const cells = frames.flatMap(cellsOf);
  const most = Math.max(0, ...cells.map(({ value }) => value));
  if (most === 0) return <Empty {...props} />;
  const names = frames.map((frame) => bound(frame, panel));
  const left = Math.max(...names.map((name) => measureText(name, 12).width)) + 12;
  const [plotWidth, plotHeight] = [width - left - 8, height - 24];
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const at = (time: number) => left + Math.min(1, Math.max(0, (time - from) / (to - from))) * plotWidth;
  const each = plotHeight / frames.length;
  const every = Math.max(1, Math.ceil(16 / each));
  const hue = schemes[panel.options.color?.scheme] ?? schemes.Oranges;
  return (
    <svg width={width} height={height} letterSpacing={0} fontFamily={theme.typography.fontFamily} fontSize={12}>
      <TimeAxis range={range} left={left} width={plotWidth} y={plotHeight} theme={theme} />
      {cells.map(({ frame, time, step, value }, i) => (
        <rect
          key={i}
          x={at(time - step)}
          y={plotHeight - (frame + 1) * each + 0.5}
          width={Math.max(1, at(time) - at(time - step) - 0.5)}
          height={Math.max(1, each - 1)}
          fill={hue}
          fillOpacity={0.08 + 0.92 * Math.sqrt(value / most)}
        />
      ))}
      {names.map((name, i) => i % every === 0 && <Label key={name} name={name} x={left - 6} y={plotHeight - i * each - each / 2 + 4} theme={theme} />)}
    </svg>
  );
}

function Label({ name, x, y, theme }: { name: string; x: number; y: number; theme: GrafanaTheme2 }) {
  return (
    <text x={x} y={y} textAnchor="end" fill={theme.colors.text.primary}>
      {name}
    </text>
  );
}

/** The upper bound of a bucket in the unit of the y axis. */
function bound(frame: DataFrame, panel: any): string {
  const value = Number(frame.name === '+Inf' ? Infinity : frame.name);
  if (!Number.isFinite(value)) return frame.name === '+Inf' ? '+Inf' : (frame.name ?? '');
  const { unit = 'short', decimals } = panel.options.yAxis ?? {};
  return formattedValueToString(getValueFormat(unit)(value, decimals));
}

function cellsOf({ fields }: DataFrame, frame: number) {
  const [time, value] = fields;
  const step = (time.config.interval as number | undefined) ?? 0;
  return value.values.map((v: number, i: number) => ({ frame, time: time.values[i], step, value: v })).filter((cell) => cell.value > 0);
}

// state-timeline: our own plain drawing, @grafana/ui has none.
import { FieldType, formattedValueToString, getFieldDisplayName, type DataFrame, type Field } from '@grafana/data';
import { VizLegend, measureText } from '@grafana/ui';
import { TimeAxis, shortened } from './drawing';
import { Empty, type DrawProps } from './index';

type Span = { from: number; to: number; text: string; color: string };
type Row = { name: string; spans: Span[] };

export function StateTimeline(props: DrawProps) {
  const { panel, frames, width, height, range, theme } = props;
  const rows = frames.flatMap((frame) => rowsOf(frame, frames, range.to.valueOf()));
  if (rows.length === 0) return <Empty {...props} />;
  const options = { showValue: 'auto', rowHeight: 0.9, ...panel.options };
  const legend = options.legend?.showLegend === false ? [] : states(rows);
  const legendHeight = legend.length > 0 ? 30 : 0;
  const left = Math.min(width * 0.4, Math.max(...rows.map(({ name }) => measureText(name, 12).width)) + 16);
  const [plotWidth, plotHeight] = [width - left - 8, height - 24 - legendHeight];
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const at = (time: number) => left + (Math.min(1, Math.max(0, (time - from) / (to - from))) * plotWidth);
  const each = plotHeight / rows.length;
  return (
    <div style={{ width, height }}>
      <svg width={width} height={height - legendHeight} letterSpacing={0} fontFamily={theme.typography.fontFamily} fontSize={12}>
        <TimeAxis range={range} left={left} width={plotWidth} y={plotHeight} theme={theme} />
        {rows.map(({ name, spans }, index) => (
          <g key={index} transform={`translate(0 ${index * each})`}>
            <text x={left - 8} y={each / 2 + 4} textAnchor="end" fill={theme.colors.text.primary}>
              {shortened(name, left - 16)}
            </text>
            {spans.map((span, i) => (
              <Bar key={i} span={span} x={at(span.from)} width={at(span.to) - at(span.from)} room={each} options={options} panel={panel} theme={theme} />
            ))}
          </g>
        ))}
      </svg>
      {legend.length > 0 && <VizLegend placement="bottom" displayMode={'list' as any} items={legend} />}
    </div>
  );
}

function Bar({ span, x, width, room, options, panel, theme }: any) {
  const height = room * options.rowHeight;
  const shown = options.showValue !== 'never' && height > 12 && measureText(span.text, 12).width < width - 6;
  return (
    <g>
      <rect x={x} y={(room - height) / 2} width={Math.max(1, width)} height={height} fill={span.color} fillOpacity={panel.fieldConfig.defaults.custom.fillOpacity / 100} />
      {shown && (
        <text x={x + width / 2} y={room / 2 + 4} textAnchor="middle" fill={theme.colors.getContrastText(span.color, 3)}>
          {span.text}
        </text>
      )}
    </g>
  );
}

function rowsOf(frame: DataFrame, frames: DataFrame[], end: number): Row[] {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  if (!time) return [];
  return frame.fields
    .filter((field) => field !== time && field.values.length > 0 && !(field.config.custom as any)?.hideFrom?.viz)
    .map((field) => ({ name: getFieldDisplayName(field, frame, frames), spans: spansOf(time, field, end) }));
}

/** Equal neighbours are one span; a span ends where the next begins, or where points are missing. */
function spansOf(time: Field, field: Field, end: number): Span[] {
  const step = (time.config.interval as number | undefined) ?? Infinity;
  const spans: Span[] = [];
  field.values.forEach((value, i) => {
    if (value === null || value === undefined) return;
    const display = field.display!(value);
    const text = formattedValueToString(display);
    const from = time.values[i];
    const to = Math.min(end, time.values[i + 1] ?? end, from + step);
    const last = spans[spans.length - 1];
    if (last && last.text === text && last.color === display.color && from <= last.to) last.to = to;
    else spans.push({ from, to, text, color: display.color ?? 'gray' });
  });
  return spans;
}

function states(rows: Row[]) {
  const seen = new Map(rows.flatMap(({ spans }) => spans.map(({ text, color }) => [text, color] as const)));
  return [...seen].map(([label, color]) => ({ label, color, yAxis: 1 }));
}

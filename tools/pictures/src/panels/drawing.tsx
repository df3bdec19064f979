// What the drawings have in common that are our own.
import { dateTimeFormat, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { measureText } from '@grafana/ui';

const minute = 60_000;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((minutes) => minutes * minute);

type AxisProps = { range: TimeRange; left: number; width: number; y: number; theme: GrafanaTheme2 };

/** Labels and grid lines at round times, about one for every 90 pixels. */
export function TimeAxis({ range, left, width, y, theme }: AxisProps) {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const step = steps.find((size) => ((to - from) / size) * 90 <= width) ?? steps[steps.length - 1];
  const ticks = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) ticks.push(time);
  return (
    <g fontSize={12} fill={theme.colors.text.primary} textAnchor="middle">
      {ticks.map((time) => {
        const x = left + ((time - from) / (to - from)) * width;
        return (
          <g key={time}>
            <line x1={x} x2={x} y1={0} y2={y} stroke={theme.colors.border.weak} />
            {x - left > 18 && left + width - x > 18 && (
              <text x={x} y={y + 16}>
                {dateTimeFormat(time, { format: step >= 1440 * minute ? 'MM/DD' : 'HH:mm' })}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** The name, cut so that it fits into `width` pixels of a font of `size` pixels. */
export function shortened(name: string, width: number, size = 12): string {
  let short = name;
  while (short.length > 1 && measureText(short, size).width > width) short = short.slice(0, -1);
  return short === name ? name : `${short.slice(0, -1)}…`;
}

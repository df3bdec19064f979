// stat, bargauge and gauge: one value, or one for each series.
import {
  VizOrientation,
  formattedValueToString,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type FieldDisplay,
} from '@grafana/data';
import { BarGauge, BarGaugeDisplayMode, BigValue, VizRepeater } from '@grafana/ui';
import { shortened } from './drawing';
import type { DrawProps } from './index';

const reduceDefaults = { calcs: ['lastNotNull'], fields: '', values: false };

function useValues({ panel, frames, theme, replaceVariables }: DrawProps, sparkline: boolean) {
  return () =>
    getFieldDisplayValues({
      fieldConfig: panel.fieldConfig,
      reduceOptions: { ...reduceDefaults, ...panel.options.reduceOptions },
      replaceVariables,
      theme,
      data: frames,
      sparkline,
      timeZone: 'browser',
    });
}

export function Stat(props: DrawProps) {
  const { panel, frames, width, height, theme, range } = props;
  const options = { graphMode: 'area', colorMode: 'value', textMode: 'auto', justifyMode: 'auto', orientation: 'auto', ...panel.options };
  const getValues = useValues(props, options.graphMode !== 'none');
  const named = options.textMode === 'auto' && (panel.fieldConfig.defaults.displayName || !panel.title);
  const one = ({ value, width, height, count, alignmentFactors }: any) => {
    const { display, sparkline } = value as FieldDisplay;
    return (
      <BigValue
        value={display}
        count={count}
        sparkline={sparkline && { ...sparkline, timeRange: range }}
        colorMode={options.colorMode}
        graphMode={options.graphMode}
        justifyMode={options.justifyMode}
        textMode={named ? 'value_and_name' : options.textMode}
        wideLayout={options.wideLayout ?? true}
        alignmentFactors={alignmentFactors}
        text={options.text}
        width={width}
        height={height}
        theme={theme}
      />
    );
  };
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={one}
      width={width}
      height={height}
      source={frames}
      itemSpacing={3}
      renderCounter={1}
      autoGrid
      orientation={options.orientation}
    />
  );
}

export function BarGauges(props: DrawProps) {
  const { panel, frames, width, height, theme } = props;
  const options = { displayMode: 'gradient', orientation: 'auto', valueMode: 'color', namePlacement: 'auto', ...panel.options };
  const getValues = useValues(props, false);
  const one = ({ value, width, height, count, orientation, alignmentFactors }: any) => {
    const { field, display, view, colIndex } = value as FieldDisplay;
    const processor = view && colIndex != null ? view.getFieldDisplayProcessor(colIndex) : undefined;
    return (
      <BarGauge
        value={display.title === undefined || count === 1 ? { ...display, title: count === 1 ? undefined : display.title } : display}
        width={width}
        height={height}
        orientation={orientation}
        field={field}
        text={options.text}
        display={processor}
        theme={theme}
        itemSpacing={options.displayMode === BarGaugeDisplayMode.Lcd ? 2 : 10}
        displayMode={options.displayMode}
        alignmentFactors={count > 1 ? alignmentFactors : undefined}
        showUnfilled={options.showUnfilled ?? true}
        valueDisplayMode={options.valueMode}
        namePlacement={options.namePlacement}
      />
    );
  };
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={one}
      width={width}
      height={height}
      source={frames}
      renderCounter={1}
      minVizHeight={options.minVizHeight ?? 16}
      minVizWidth={options.minVizWidth ?? 8}
      maxVizHeight={options.maxVizHeight}
      itemSpacing={10}
      orientation={options.orientation}
    />
  );
}

/** Our own drawing: @grafana/ui does not export its gauge. */
export function Gauges(props: DrawProps) {
  const { frames, width, height, theme } = props;
  const one = ({ value, width, height, count }: any) => <Dial value={value} width={width} height={height} named={count > 1} theme={theme} />;
  return (
    <VizRepeater
      getValues={useValues(props, false)}
      renderValue={one}
      width={width}
      height={height}
      source={frames}
      renderCounter={1}
      autoGrid
      orientation={VizOrientation.Auto}
    />
  );
}

function Dial({ value, width, height, named, theme }: any) {
  const { field, display } = value as FieldDisplay;
  const min = field.min ?? 0;
  const max = field.max ?? 100;
  const share = Math.min(1, Math.max(0, ((display.numeric || 0) - min) / (max - min || 1)));
  const room = height - (named ? 22 : 0);
  const radius = Math.max(10, Math.min(width / 2, room / 1.55) - 8);
  const [x, y] = [width / 2, radius + 6];
  const arc = (from: number, to: number) => {
    const point = (at: number) => {
      const angle = Math.PI * (0.85 + 1.3 * at);
      return `${x + radius * 0.86 * Math.cos(angle)} ${y + radius * 0.86 * Math.sin(angle)}`;
    };
    return `M ${point(from)} A ${radius * 0.86} ${radius * 0.86} 0 ${1.3 * (to - from) > 1 ? 1 : 0} 1 ${point(to)}`;
  };
  const text = formattedValueToString(display);
  const size = Math.min(radius * 0.5, (radius * 2.2) / Math.max(3, text.length));
  const stroke = { fill: 'none', strokeWidth: radius * 0.26 };
  return (
    <svg width={width} height={height} letterSpacing={0} fontFamily={theme.typography.fontFamily} textAnchor="middle">
      <path d={arc(0, 1)} stroke={theme.colors.background.secondary} {...stroke} />
      {share > 0 && <path d={arc(0, share)} stroke={display.color} {...stroke} />}
      <text x={x} y={y + size * 0.3} fontSize={size} fontWeight={500} fill={display.color ?? theme.colors.text.primary}>
        {text}
      </text>
      {named && (
        <text x={x} y={height - 6} fontSize={14} fill={theme.colors.text.primary}>
          {shortened(display.title ?? '', width - 4, 14)}
        </text>
      )}
    </svg>
  );
}

// timeseries: Grafana's own graph, with annotations drawn upon it.
import { FieldType, getFieldDisplayName, type DataFrame, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { TimeSeries, preparePlotFrame, type UPlotConfigBuilder } from '@grafana/ui';
import { useLayoutEffect } from 'react';
import type uPlot from 'uplot';
import type { Annotation } from '../annotations';
import { Empty, type DrawProps } from './index';

export function Graph(props: DrawProps) {
  const { panel, width, height, range, theme, annotations } = props;
  const frames = props.frames.filter(
    ({ fields }) => fields.some(({ type }) => type === FieldType.time) && fields.some(({ type }) => type === FieldType.number)
  );
  if (!frames.some(({ length }) => length > 0)) return <Empty {...props} />;
  const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [], ...panel.options.legend };
  if (legend.displayMode === 'hidden') legend.showLegend = false;
  return (
    <TimeSeries
      {...{ frames, legend, width, height }}
      options={panel.options}
      preparePlotFrame={joined}
      structureRev={1}
      timeRange={range}
      timeZone="browser"
    >
      {(config: UPlotConfigBuilder) => <Marks config={config} annotations={annotations} theme={theme} />}
    </TimeSeries>
  );
}

/** All series in one frame. The join forgets their names, by which Grafana chooses colours. */
function joined(frames: DataFrame[], dimensions: Parameters<typeof preparePlotFrame>[1], range?: TimeRange | null) {
  const all = preparePlotFrame(frames, dimensions, range);
  for (const { state } of all?.fields ?? []) {
    if (!state?.origin) continue;
    const frame = frames[state.origin.frameIndex];
    state.displayName = getFieldDisplayName(frame.fields[state.origin.fieldIndex], frame, frames);
  }
  return all;
}

type MarksProps = { config: UPlotConfigBuilder; annotations: Annotation[]; theme: GrafanaTheme2 };

/** Registers the drawing before the plot is made, which happens after this effect. */
function Marks({ config, annotations, theme }: MarksProps) {
  useLayoutEffect(() => {
    config.addHook('draw', (plot: uPlot) => annotations.forEach((annotation) => mark(plot, annotation, theme)));
  }, [config, annotations, theme]);
  return null;
}

function mark(plot: uPlot, annotation: Annotation, theme: GrafanaTheme2) {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio;
  const color = theme.visualization.getColorByName(annotation.color);
  const at = (time: number) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(time, 'x', true)));
  const [from, to] = [at(annotation.from), at(annotation.to)];
  const bottom = bbox.top + bbox.height;
  ctx.save();
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.setLineDash([5 * ratio, 5 * ratio]);
  for (const x of new Set([from, to])) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
  }
  if (to > from) {
    ctx.globalAlpha = 0.1;
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillRect(from, bottom, to - from, 5 * ratio);
  } else {
    ctx.beginPath();
    ctx.moveTo(from, bottom - 1);
    ctx.lineTo(from - 4 * ratio, bottom + 5 * ratio);
    ctx.lineTo(from + 4 * ratio, bottom + 5 * ratio);
    ctx.fill();
  }
  ctx.restore();
}

// The visualizations by the type that panels name.
import type { DataFrame, GrafanaTheme2, TimeRange } from '@grafana/data';
import type { ComponentType } from 'react';
import type { Annotation } from '../annotations';
import { Heatmap } from './heatmap';
import { BarGauges, Gauges, Stat } from './single';
import { TablePanel } from './table';
import { TextPanel } from './text';
import { StateTimeline } from './timeline';
import { Graph } from './timeseries';

export type DrawProps = {
  panel: any;
  frames: DataFrame[];
  annotations: Annotation[];
  width: number;
  height: number;
  range: TimeRange;
  theme: GrafanaTheme2;
  replaceVariables: (text?: string, scopedVars?: any) => string;
};

export const visualizations: Record<string, ComponentType<DrawProps>> = {
  stat: Stat,
  timeseries: Graph,
  table: TablePanel,
  bargauge: BarGauges,
  gauge: Gauges,
  text: TextPanel,
  'state-timeline': StateTimeline,
  heatmap: Heatmap,
};

/** What a panel shows when there is nothing to show. */
export function Empty({ panel, width, height, theme }: DrawProps) {
  const style = { width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary };
  return <div style={style}>{panel.fieldConfig.defaults.noValue || 'No data'}</div>;
}

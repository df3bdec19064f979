// From a panel's JSON to what its visualization draws: defaults of the panel's
// type, queries, transformations, field options and overrides.
import {
  FieldColorModeId,
  FieldConfigOptionsRegistry,
  FieldType,
  ThresholdsMode,
  applyFieldOverrides,
  cacheFieldDisplayNames,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  thresholdsOverrideProcessor,
  transformDataFrame,
  type DataFrame,
  type Field,
  type GrafanaTheme2,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { toFrames, type Answer } from './frames';
import { interpolate } from './interpolate.mjs';
import { instantQuery, prepared, rangeQuery, type Context } from './queries';

standardTransformersRegistry.setInit(() =>
  Object.entries(standardTransformers).map(([key, transformer]) => ({
    id: key === 'seriesToColumnsTransformer' ? 'seriesToColumns' : transformer.id,
    name: transformer.name,
    transformation: async () => transformer,
    editor: () => null,
    imageDark: '',
    imageLight: '',
  }))
);

/** The field options that a type of panel starts from, where they differ from Grafana's standard. */
const customDefaults: Record<string, object> = {
  timeseries: {
    drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none',
    spanNulls: false, insertNulls: false, showPoints: 'auto', pointSize: 5, barAlignment: 0, barWidthFactor: 0.6,
    stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text',
    axisBorderShow: false, axisCenteredZero: false, axisGridShow: true, scaleDistribution: { type: 'linear' },
    hideFrom: { tooltip: false, viz: false, legend: false }, thresholdsStyle: { mode: 'off' },
  },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
  'state-timeline': { fillOpacity: 70, lineWidth: 0 },
};

/** A copy of the panel with everything filled in that Grafana fills in when it loads one. */
export function withDefaults(original: any): any {
  const panel = structuredClone(original);
  panel.options ??= {};
  panel.fieldConfig ??= {};
  const defaults = (panel.fieldConfig.defaults ??= {});
  panel.fieldConfig.overrides ??= [];
  defaults.custom = { ...customDefaults[panel.type], ...defaults.custom };
  defaults.color ??= { mode: panel.type === 'timeseries' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds };
  // Without thresholds a panel is green, and red above 80.
  defaults.thresholds ??= { mode: ThresholdsMode.Absolute, steps: [{ value: null, color: 'green' }, { value: 80, color: 'red' }] };
  const overridden = panel.fieldConfig.overrides.flatMap((rule: any) => rule.properties);
  for (const thresholds of [defaults.thresholds, ...overridden.filter((p: any) => p.id === 'thresholds').map((p: any) => p.value)]) {
    // The base has no value in JSON, where there is no infinity.
    if (thresholds?.steps?.[0]) thresholds.steps[0].value = -Infinity;
  }
  return panel;
}

const always = () => true;
// The label of the y axis is not the label of the time axis.
const axes = (field: Field) => field.type !== FieldType.time && field.type !== FieldType.string;
const numbers = (field: Field) => field.type === FieldType.number;
const standard: Array<[string, any, (field: Field) => boolean]> = [
  ['unit', identityOverrideProcessor, always],
  ['min', identityOverrideProcessor, numbers],
  ['max', identityOverrideProcessor, numbers],
  ['fieldMinMax', identityOverrideProcessor, numbers],
  ['decimals', identityOverrideProcessor, numbers],
  ['displayName', displayNameOverrideProcessor, always],
  ['noValue', identityOverrideProcessor, always],
  ['mappings', identityOverrideProcessor, always],
  ['thresholds', thresholdsOverrideProcessor, always],
  ['color', identityOverrideProcessor, always],
  ['links', identityOverrideProcessor, always],
  ['description', identityOverrideProcessor, always],
];

/** The options that field options and overrides of this panel may set. */
function registry(panel: any) {
  const overridden = panel.fieldConfig.overrides.flatMap((rule: any) => rule.properties.map((property: any) => property.id));
  const custom = new Set<string>([
    ...Object.keys(panel.fieldConfig.defaults.custom),
    ...overridden.filter((id: string) => id.startsWith('custom.')).map((id: string) => id.slice('custom.'.length)),
  ]);
  const item = (id: string, path: string, process: any, shouldApply: any, isCustom: boolean) =>
    ({ id, path, name: path, process, shouldApply, isCustom, settings: { expandTemplateVars: true }, editor: always, override: always }) as any;
  return new FieldConfigOptionsRegistry(() => [
    ...standard.map(([id, process, applies]) => item(id, id, process, applies, false)),
    ...[...custom].map((path) => item(`custom.${path}`, path, identityOverrideProcessor, path === 'axisLabel' ? axes : always, true)),
  ]);
}

/** Asks what the panel asks and makes of the answers what it draws. */
export async function load(panel: any, context: Context, width: number, theme: GrafanaTheme2): Promise<DataFrame[]> {
  const targets = (panel.targets ?? []).filter((target: any) => !target.hide);
  const asked: Answer[][] = await Promise.all(targets.map((target: any) => answers(target, panel, context, width)));
  const frames = await transformed(toFrames(asked.flat()), panel, context);
  const configured = applyFieldOverrides({
    data: frames,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registry(panel),
    replaceVariables: replacer(context),
    theme,
    timeZone: 'browser',
  });
  cacheFieldDisplayNames(configured);
  return configured;
}

async function answers(target: any, panel: any, context: Context, width: number): Promise<Answer[]> {
  if (!target.expr) throw new Error(`query ${target.refId} has no expression; only queries to Prometheus can be drawn`);
  const { expr, step, scoped, from, to } = prepared(target, panel, context, width);
  const filled = { ...target, legendFormat: interpolate(target.legendFormat ?? '', context.variables, { scoped }) };
  const answer = (series: any): Answer => ({ target: filled, expr, step, series });
  try {
    const found: Answer[] = [];
    if (target.range || !target.instant) found.push(answer(await rangeQuery(expr, from, to, step)));
    if (target.instant) found.push(answer(await instantQuery(expr, to)));
    return found;
  } catch (error) {
    throw new Error(`query ${target.refId}: ${(error as Error).message} in ${expr.replace(/\s+/g, ' ')}`);
  }
}

async function transformed(frames: DataFrame[], panel: any, context: Context): Promise<DataFrame[]> {
  const transformations = panel.transformations ?? [];
  for (const { id } of transformations) {
    if (!standardTransformersRegistry.getIfExists(id)) throw new Error(`the transformation ${id} is not in @grafana/data`);
  }
  const interpolated = (text: string) => interpolate(text, context.variables);
  return lastValueFrom(transformDataFrame(transformations, frames, { interpolate: interpolated }));
}

/** What @grafana/data calls to fill in variables, those of a field or a row among them. */
export function replacer(context: Context) {
  return (text?: string, scopedVars?: any): string => {
    const data = scopedVars?.__dataContext?.value;
    const filled = (text ?? '').replace(/\$\{__(field|series|data|value)\.?([^}:]*)(?::\w+)?\}/g, (all, what, path) => {
      return data ? String(ofField(what, path, data) ?? all) : all;
    });
    return interpolate(filled, context.variables);
  };
}

function ofField(what: string, path: string, { field, frame, rowIndex }: any): unknown {
  const key = /^(?:labels|fields)[.[]["']?(.+?)["']?\]?$/.exec(path)?.[1] ?? '';
  switch (what) {
    case 'series':
      return frame.name;
    case 'value':
      return rowIndex === undefined ? undefined : path === 'text' ? field.display?.(field.values[rowIndex])?.text : field.values[rowIndex];
    case 'data': {
      const column = frame.fields.find((f: Field) => f.name === key || f.state?.displayName === key) ?? frame.fields[Number(key)];
      return rowIndex === undefined ? undefined : column?.values[rowIndex];
    }
    default:
      return key ? (field.labels?.[key] ?? '') : path === 'displayName' ? (field.state?.displayName ?? field.name) : field.name;
  }
}

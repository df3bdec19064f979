// The page: a dashboard as Grafana lays it out. render.mjs calls window.draw.
import {
  createTheme,
  dateMath,
  ThemeContext,
  type DataFrame,
  type GrafanaTheme2,
  type TimeRange,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, Icon, PanelChrome } from '@grafana/ui';
import { Component, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { resolveAnnotations, type Annotation, type Layer } from './annotations';
import { Bar } from './bar';
import { interpolate } from './interpolate.mjs';
import { arrange, box, gridHeight } from './layout.mjs';
import { load, replacer, withDefaults } from './panel';
import { visualizations } from './panels';
import type { Context } from './queries';
import { resolveVariables } from './variables';

type Options = { theme: string; from: string; to: string; scrape: number; variables: Record<string, string[]>; open: boolean };
type Loaded = { panel: any; frames: DataFrame[]; error?: string };

const padding = 16;
const problems: string[] = [];

/** Draws a dashboard and says what went wrong, one sentence for each panel that failed. */
(window as any).draw = async (dashboard: any, options: Options): Promise<string[]> => {
  await initPluginTranslations('grafana');
  const root = createRoot(document.getElementById('page')!);
  const theme = createTheme({ colors: { mode: options.theme as 'light' | 'dark' } });
  await loadFonts(root, theme);
  const range = timeRange(options);
  const context: Context = { range, scrape: options.scrape, variables: new Map() };
  await resolveVariables(dashboard, options.variables, context).catch((error) => problems.push(`variables: ${error.message}`));
  const layers = await resolveAnnotations(dashboard, context).catch((error) => {
    problems.push(`annotations: ${error.message}`);
    return [];
  });
  const faults = [...problems];
  const placed = arrange(dashboard.panels ?? [], options.open);
  const width = document.documentElement.clientWidth - 2 * padding;
  const loaded = await Promise.all(placed.map((place: any) => loadPanel(place, context, width, theme)));
  const page = <Page {...{ dashboard, theme, context, layers, faults, placed, loaded, width }} />;
  flushSync(() => root.render(<Themed theme={theme}>{page}</Themed>));
  await settled();
  return problems;
};

/** Loads the fonts first: text is measured while the page is drawn, and those measures are kept. */
async function loadFonts(root: Root, theme: GrafanaTheme2) {
  flushSync(() => root.render(<Themed theme={theme} />));
  const { fontFamily, fontFamilyMonospace } = theme.typography;
  const fonts = [fontFamily, fontFamilyMonospace].flatMap((family) => [`400 14px ${family}`, `500 14px ${family}`]);
  await Promise.all(fonts.map((font) => document.fonts.load(font)));
}

/** Icons load and legends are measured after the first frame: waits until nothing has moved for a moment. */
async function settled() {
  let changed = performance.now();
  const observer = new MutationObserver(() => (changed = performance.now()));
  observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  const limit = performance.now() + 10_000;
  while (performance.now() - changed < 300 || document.querySelector('svg:empty')) {
    if (performance.now() > limit) throw new Error('the page did not come to rest within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  observer.disconnect();
}

function timeRange({ from, to }: Options): TimeRange {
  const [start, end] = [dateMath.toDateTime(from, { roundUp: false }), dateMath.toDateTime(to, { roundUp: true })];
  if (!start?.isValid() || !end?.isValid()) throw new Error(`--from ${from} --to ${to} is no time range: write now-15m and now`);
  return { from: start, to: end, raw: { from, to } };
}

async function loadPanel({ panel: original, closed, gridPos }: any, context: Context, width: number, theme: GrafanaTheme2): Promise<Loaded> {
  const panel = withDefaults(original);
  if (panel.type === 'row') return { panel, frames: [] };
  try {
    for (const option of ['repeat', 'timeFrom', 'timeShift']) {
      if (panel[option]) throw new Error(`the option ${option} of panels is not drawn`);
    }
    if (!(panel.type in visualizations)) throw new Error(`panels of type ${panel.type} are not drawn`);
    return { panel, frames: closed ? [] : await load(panel, context, box(gridPos, width).width, theme) };
  } catch (error) {
    return { panel, frames: [], error: report(panel, error) };
  }
}

function report(panel: any, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  problems.push(`panel "${panel.title || panel.id}": ${message}`);
  return message;
}

type PageProps = { dashboard: any; theme: GrafanaTheme2; context: Context; layers: Layer[]; faults: string[]; placed: any[]; loaded: Loaded[]; width: number };

function Page({ dashboard, theme, context, layers, faults, placed, loaded, width }: PageProps) {
  return (
    <>
      <Bar dashboard={dashboard} variables={[...context.variables.values()]} layers={layers} raw={context.range.raw} />
      {faults.map((fault) => (
        <p key={fault} style={{ margin: `0 ${padding}px 8px`, color: theme.colors.error.text }}>
          {fault}
        </p>
      ))}
      <main style={{ position: 'relative', height: gridHeight(placed) + padding, margin: `0 ${padding}px` }}>
        {placed.map(({ closed, gridPos }, i) => (
          <div key={i} style={{ position: 'absolute', ...box(gridPos, width) }}>
            {loaded[i].panel.type === 'row' ? (
              <Row panel={loaded[i].panel} closed={closed} context={context} theme={theme} />
            ) : (
              <Panel loaded={loaded[i]} layers={layers} context={context} theme={theme} size={box(gridPos, width)} />
            )}
          </div>
        ))}
      </main>
    </>
  );
}

function Themed({ theme, children }: { theme: GrafanaTheme2; children?: ReactNode }) {
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {children}
    </ThemeContext.Provider>
  );
}

function Row({ panel, closed, context, theme }: { panel: any; closed: boolean; context: Context; theme: GrafanaTheme2 }) {
  const count = closed ? (panel.panels?.length ?? 0) : 0;
  const style = { display: 'flex', alignItems: 'center', gap: 8, height: 30, borderBottom: closed ? `1px solid ${theme.colors.border.weak}` : undefined };
  return (
    <div style={style}>
      <Icon name={closed ? 'angle-right' : 'angle-down'} />
      <span style={theme.typography.h5}>{interpolate(panel.title ?? '', context.variables)}</span>
      {count > 0 && <span style={{ color: theme.colors.text.secondary }}>({count === 1 ? '1 panel' : `${count} panels`})</span>}
    </div>
  );
}

type PanelProps = { loaded: Loaded; layers: Layer[]; context: Context; theme: GrafanaTheme2; size: { width: number; height: number } };

function Panel({ loaded: { panel, frames, error }, layers, context, theme, size }: PanelProps) {
  const Visualization = visualizations[panel.type];
  const links = panel.links?.length ? <Icon name="external-link-alt" size="sm" title={panel.links[0].title} /> : undefined;
  return (
    <PanelChrome
      title={interpolate(panel.title ?? '', context.variables)}
      description={panel.description}
      titleItems={links}
      width={size.width}
      height={size.height}
      displayMode={panel.transparent ? 'transparent' : 'default'}
      hoverHeader={!panel.title}
    >
      {(width, height) =>
        error ? (
          <Failure message={error} height={height} theme={theme} />
        ) : (
          <Guard panel={panel} height={height} theme={theme}>
            <Visualization
              {...{ panel, frames, width, height, theme }}
              annotations={annotationsOf(panel, layers)}
              range={context.range}
              replaceVariables={replacer(context)}
            />
          </Guard>
        )
      }
    </PanelChrome>
  );
}

function annotationsOf(panel: any, layers: Layer[]): Annotation[] {
  const shown = layers.filter(({ filter }) => !filter?.ids?.length || filter.ids.includes(panel.id) !== Boolean(filter.exclude));
  return shown.flatMap(({ annotations }) => annotations);
}

function Failure({ message, height, theme }: { message: string; height: number; theme: GrafanaTheme2 }) {
  return <div style={{ height, overflow: 'hidden', color: theme.colors.error.text, overflowWrap: 'anywhere' }}>{message}</div>;
}

/** Keeps a visualization that throws from taking the page with it. */
class Guard extends Component<{ panel: any; height: number; theme: GrafanaTheme2; children: ReactNode }, { message?: string }> {
  state: { message?: string } = {};

  static getDerivedStateFromError(error: Error) {
    return { message: error.message };
  }

  componentDidCatch(error: Error) {
    report(this.props.panel, error);
  }

  render() {
    const { height, theme, children } = this.props;
    return this.state.message ? <Failure message={this.state.message} height={height} theme={theme} /> : children;
  }
}

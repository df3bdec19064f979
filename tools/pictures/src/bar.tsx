// What is above the panels: the name of the dashboard, variables, annotations,
// links and the time range. Our own drawing in Grafana's colours.
import { css } from '@emotion/css';
import { rangeUtil, type GrafanaTheme2, type RawTimeRange } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { Layer } from './annotations';
import type { Variable } from './variables';

type BarProps = { dashboard: any; variables: Variable[]; layers: Layer[]; raw: RawTimeRange };

export function Bar({ dashboard, variables, layers, raw }: BarProps) {
  const styles = useStyles2(getStyles);
  const links = (dashboard.links ?? []).filter((link: any) => link.placement !== 'inControlsMenu');
  return (
    <>
      <header className={styles.top}>
        <Icon name="grafana" size="lg" /> Dashboards <Icon name="angle-right" /> <strong>{dashboard.title}</strong>
      </header>
      <div className={styles.controls}>
        <div className={styles.group}>
          {variables
            .filter(({ hidden }) => !hidden)
            .map(({ name, label, text }) => (
              <Control key={name} label={label}>
                {text || 'None'} <Icon name="angle-down" />
              </Control>
            ))}
          {layers.map(({ name, enabled }) => (
            <Control key={name} label={name}>
              <span className={enabled ? styles.on : styles.off} />
            </Control>
          ))}
        </div>
        <div>
          {links.map((link: any) => (
            <span key={link.title} className={styles.box}>
              <Icon name={link.asDropdown ? 'bars' : 'external-link-alt'} /> {link.title}
            </span>
          ))}
          <span className={styles.box}>
            <Icon name="clock-nine" /> {rangeUtil.describeTimeRange(raw)} <Icon name="angle-down" />
          </span>
          <span className={styles.box}>
            <Icon name="sync" /> {dashboard.refresh || 'Refresh'}
          </span>
        </div>
      </div>
    </>
  );
}

function Control({ label, children }: { label: string; children: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles.control}>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>{children}</span>
    </span>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const { colors, shape } = theme;
  const box = {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 6,
    height: 32,
    padding: '0 8px',
    border: `1px solid ${colors.border.medium}`,
    whiteSpace: 'nowrap',
  } as const;
  const toggle = { width: 28, height: 14, borderRadius: 7, border: `2px solid ${colors.border.strong}` };
  return {
    top: css({
      display: 'flex',
      alignItems: 'center',
      gap: 8,
      height: 40,
      padding: '0 16px',
      color: colors.text.secondary,
      background: colors.background.primary,
      borderBottom: `1px solid ${colors.border.weak}`,
      strong: { color: colors.text.primary, fontWeight: 500 },
    }),
    controls: css({ display: 'flex', gap: 16, padding: '8px 16px', '> div': { display: 'flex', gap: 8 } }),
    group: css({ flexGrow: 1, flexWrap: 'wrap' }),
    control: css({ display: 'inline-flex' }),
    label: css({ ...box, borderRight: 0, borderRadius: `${shape.radius.default} 0 0 ${shape.radius.default}`, fontWeight: 500, fontSize: 12, background: colors.background.primary }),
    value: css({ ...box, borderRadius: `0 ${shape.radius.default} ${shape.radius.default} 0`, background: colors.background.primary }),
    box: css({ ...box, borderRadius: shape.radius.default, background: colors.background.primary }),
    on: css({ ...toggle, background: colors.primary.main, borderColor: colors.primary.main }),
    off: css({ ...toggle }),
  };
}

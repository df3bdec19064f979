// table: Grafana's own grid.
import { TableNG } from '@grafana/ui/unstable';
import { Empty, type DrawProps } from './index';

export function TablePanel(props: DrawProps) {
  const { panel, frames, width, height, range } = props;
  const options = { showHeader: true, cellHeight: 'sm', ...panel.options };
  const frame = frames[options.frameIndex ?? 0];
  if (!frame?.length) return <Empty {...props} />;
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!options.showHeader}
      showTypeIcons={options.showTypeIcons}
      sortBy={options.sortBy}
      enablePagination={options.enablePagination ?? options.footer?.enablePagination}
      cellHeight={options.cellHeight}
      maxRowHeight={options.maxRowHeight}
      frozenColumns={options.frozenColumns?.left}
      fieldConfig={panel.fieldConfig}
      timeRange={range}
      structureRev={1}
    />
  );
}

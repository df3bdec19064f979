// Grafana's grid: 24 columns, cells of 30 px, gaps of 8 px.

const gap = 8;
const cell = 30;

/** The box of a gridPos in pixels, in a grid as wide as `width`. */
export function box({ x, y, w, h }, width) {
  const column = (width - 23 * gap) / 24;
  return {
    left: x * (column + gap),
    top: y * (cell + gap),
    width: w * column + (w - 1) * gap,
    height: h * cell + (h - 1) * gap,
  };
}

/**
 * Panels and rows in their places. Collapsed rows stay closed, or `open` unfolds
 * them and moves down what follows.
 */
export function arrange(panels, open) {
  const placed = [];
  let shift = 0;
  const order = [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
  for (const panel of order) {
    const y = panel.gridPos.y + shift;
    const folded = panel.type === 'row' && panel.collapsed;
    placed.push({ panel, closed: Boolean(folded && !open), gridPos: { ...panel.gridPos, y } });
    if (!folded || !open || !panel.panels?.length) continue;
    const first = Math.min(...panel.panels.map(({ gridPos }) => gridPos.y));
    for (const child of panel.panels) {
      placed.push({ panel: child, closed: false, gridPos: { ...child.gridPos, y: child.gridPos.y - first + y + 1 } });
    }
    shift += Math.max(...panel.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) - first;
  }
  return placed;
}

/** The height of the grid in pixels. */
export function gridHeight(placed) {
  return Math.max(0, ...placed.map(({ gridPos }) => gridPos.y + gridPos.h)) * (cell + gap) - gap;
}

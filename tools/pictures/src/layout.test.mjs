import assert from 'node:assert/strict';
import test from 'node:test';
import { arrange, box, gridHeight } from './layout.mjs';

const panel = (title, x, y, w, h) => ({ type: 'stat', title, gridPos: { x, y, w, h } });
const row = (y, more) => ({ type: 'row', gridPos: { x: 0, y, w: 24, h: 1 }, ...more });
const places = (placed) => placed.map(({ panel: { title, type }, gridPos }) => [title ?? type, gridPos.y]);

test('the grid fills the width', () => {
  const right = box({ x: 12, y: 1, w: 12, h: 4 }, 1568);
  assert.equal(Math.round(right.left + right.width), 1568);
  assert.deepEqual([right.top, right.height], [38, 144]);
});

test('a collapsed row is one bar', () => {
  const folded = row(4, { collapsed: true, panels: [panel('inside', 0, 5, 24, 6)] });
  const placed = arrange([panel('above', 0, 0, 24, 4), folded, row(5), panel('below', 0, 6, 24, 4)], false);
  assert.deepEqual(places(placed), [['above', 0], ['row', 4], ['row', 5], ['below', 6]]);
  assert.equal(placed[1].closed, true);
  assert.equal(gridHeight(placed), 372);
});

test('an unfolded row moves down what follows', () => {
  const folded = row(4, { collapsed: true, panels: [panel('left', 0, 5, 12, 6), panel('right', 12, 5, 12, 8)] });
  const placed = arrange([folded, row(5), panel('below', 0, 6, 24, 4)], true);
  assert.deepEqual(places(placed), [['row', 4], ['left', 5], ['right', 5], ['row', 13], ['below', 14]]);
});

test('panels of an open row are in their place already', () => {
  assert.deepEqual(places(arrange([row(0, { collapsed: false }), panel('a', 0, 1, 24, 4)], true)), [['row', 0], ['a', 1]]);
});

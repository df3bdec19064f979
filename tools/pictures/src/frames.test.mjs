import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// @grafana/data is made for bundlers: node cannot load it as it is.
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('frames.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  define: { window: 'globalThis' },
});
const { toFrames } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);

const answer = (series, target = {}) => ({ target: { refId: 'A', ...target }, expr: 'e', step: 15, series });
const columns = ({ fields }) => Object.fromEntries(fields.map(({ name, values }) => [name, values]));

test('a series is a frame with labels and its step', () => {
  const [frame] = toFrames([answer([{ metric: { job: 'a' }, values: [[15, '1'], [30, '+Inf']] }], { legendFormat: '{{job}}' })]);
  assert.deepEqual(columns(frame), { Time: [15000, 30000], Value: [1, Infinity] });
  assert.equal(frame.fields[0].config.interval, 15000);
  assert.equal(frame.fields[1].config.displayNameFromDS, 'a');
  assert.deepEqual(frame.fields[1].labels, { job: 'a' });
});

test('no series: a frame without fields keeps the refId', () => {
  const [frame] = toFrames([answer([], { refId: 'B' })]);
  assert.deepEqual([frame.refId, frame.fields], ['B', []]);
});

test('one table has a column for each label', () => {
  const series = [{ metric: { job: 'a' }, value: [15, '1'] }, { metric: { job: 'b', role: 'x' }, value: [15, '2'] }];
  const [frame] = toFrames([answer(series, { format: 'table' })]);
  assert.deepEqual(columns(frame), { Time: [15000, 15000], job: ['a', 'b'], role: ['', 'x'], Value: [1, 2] });
});

test('values of several tables are told apart by refId, empty ones too', () => {
  const table = (refId, series) => answer(series, { refId, format: 'table' });
  const frames = toFrames([table('up', [{ metric: {}, value: [15, '1'] }]), table('mem', [])]);
  assert.deepEqual(frames.map(columns), [{ Time: [15000], 'Value #up': [1] }, { Time: [], 'Value #mem': [] }]);
});

test('buckets are ordered and no longer cumulative', () => {
  const bucket = (le, ...values) => ({ metric: { le }, values: values.map((value, i) => [15 * (i + 1), value]) });
  const frames = toFrames([answer([bucket('+Inf', '9', '9'), bucket('1', '5', '7'), bucket('0.5', '2', '3')], { format: 'heatmap' })]);
  assert.deepEqual(frames.map(({ name, fields }) => [name, fields[1].values]), [['0.5', [2, 3]], ['1', [3, 4]], ['+Inf', [4, 2]]]);
});

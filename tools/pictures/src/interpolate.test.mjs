import assert from 'node:assert/strict';
import test from 'node:test';
import { aligned, duration, interpolate, intervals, legend, seconds, stepSeconds } from './interpolate.mjs';

const variable = (values, more = {}) => ({ name: 'v', values, text: values.join(' + '), multi: true, includeAll: true, isAll: false, ...more });
const promql = (text, v, scoped) => interpolate(text, new Map([['v', v]]), { format: 'promql', scoped });

test('variables in queries', () => {
  assert.equal(promql('up{a=~"$v"}', variable(['x'])), 'up{a=~"x"}');
  assert.equal(promql('up{a=~"$v"}', variable(['x', 'y'])), 'up{a=~"(x|y)"}');
  assert.equal(promql('up{a=~"${v}"}', variable(['10.0.0.1:6379'])), 'up{a=~"10\\\\.0\\\\.0\\\\.1:6379"}');
  assert.equal(promql('up{a=~"$v"}', variable(['a\\b'])), 'up{a=~"a\\\\\\\\b"}');
  assert.equal(promql('up{a="$v"}', variable(['a.b'], { multi: false, includeAll: false })), 'up{a="a.b"}');
});

test('All is its own value, or every option', () => {
  assert.equal(promql('$v', variable(['x', 'y'], { isAll: true, allValue: '.+' })), '.+');
  assert.equal(promql('$v', variable(['x', 'y'], { isAll: true })), '(x|y)');
  assert.equal(interpolate('queue $v', new Map([['v', variable(['x'], { isAll: true, text: 'All', allValue: '.+' })]])), 'queue All');
});

test('formats', () => {
  const variables = new Map([['v', variable(['a b', 'c'])]]);
  assert.equal(interpolate('${v:pipe} ${v:csv} [[v:regex]]', variables), 'a b|c a b,c (a b|c)');
  assert.equal(interpolate('?${v:queryparam}', variables), '?var-v=a%20b&var-v=c');
});

test('what is unknown stays', () => {
  assert.equal(promql('$w ${__value.raw} $v', variable(['x'])), '$w ${__value.raw} x');
});

test('intervals', () => {
  const scoped = intervals({ step: 15, scrape: 15, rangeSeconds: 900 });
  assert.equal(promql('rate(a[$__rate_interval]) [$__interval] [$__range] $__range_s', variable([]), scoped), 'rate(a[1m]) [15s] [900s] 900');
  assert.equal(intervals({ step: 60, scrape: 15, rangeSeconds: 900 }).__rate_interval, '75s');
  assert.equal(intervals({ step: 15, scrape: 30, rangeSeconds: 900 }).__rate_interval, '2m');
});

test('the step', () => {
  assert.equal(stepSeconds({ intervalMs: 2000, minimum: 15, rangeSeconds: 900 }), 15);
  assert.equal(stepSeconds({ intervalMs: 60000, minimum: 15, rangeSeconds: 86400 }), 60);
  assert.equal(stepSeconds({ intervalMs: 60000, minimum: 15, rangeSeconds: 86400, factor: 2 }), 120);
  assert.equal(stepSeconds({ intervalMs: 1000, minimum: 1, rangeSeconds: 110000 }), 10);
  assert.deepEqual(aligned(1007, 1903, 15), { start: 1005, end: 1890 });
});

test('durations', () => {
  assert.deepEqual([0.5, 15, 60, 75, 7200, 86400].map(duration), ['500ms', '15s', '1m', '75s', '2h', '1d']);
  assert.deepEqual(['500ms', '15s', '1m', '1w'].map(seconds), [0.5, 15, 60, 604800]);
  assert.throws(() => seconds('soon'), /"soon" is no duration/);
});

test('legends', () => {
  const labels = { __name__: 'up', job: 'a' };
  assert.equal(legend('{{job}} of {{ job }} {{nothing}}', 'e', labels), 'a of a ');
  assert.equal(legend('', 'e', labels), 'up{job="a"}');
  assert.equal(legend('', 'sum(up)', {}), 'sum(up)');
  assert.equal(legend('__auto', 'sum(up)', {}), 'sum(up)');
  assert.equal(legend('__auto', 'e', labels), undefined);
});

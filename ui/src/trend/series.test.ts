import assert from "node:assert/strict";
import { test } from "node:test";
import type { Trend } from "../api/types";
import { columnsOf, extentOf, fold, forgetBefore, seriesOf, usualBand, type Series } from "./series";

const kStart = Date.parse("2025-11-22T02:00:00.000Z");

/** What the server does: buckets of equal width over a range. */
function downsample(samples: { t: number; value: number }[], from: number, until: number, points: number): Trend {
  const width = (until - from) / points;
  const buckets = Array.from({ length: points }, (_, i) => samples.filter(({ t }) => t >= from + i * width && t < from + (i + 1) * width).map((s) => s.value));
  const each = (f: (values: number[]) => number) => buckets.map((values) => (values.length ? f(values) : null));
  return {
    signal: "s", unit: "", from: new Date(from).toISOString(), until: new Date(until).toISOString(),
    t: buckets.map((_, i) => from + i * width),
    min: each((v) => Math.min(...v)), max: each((v) => Math.max(...v)), mean: each((v) => v.reduce((a, b) => a + b, 0) / v.length),
    first: each((v) => v[0] ?? 0), last: each((v) => v.at(-1) ?? 0),
    count: buckets.map((v) => v.length), bad: buckets.map(() => 0),
  };
}

const samplesOf = (count: number, period: number) =>
  Array.from({ length: count }, (_, i) => ({ t: kStart + i * period, value: Math.sin(i * 0.7) * 10 + ((i * 7919) % 13) }));

const close = (a: number[], b: number[]) => a.forEach((v, i) => assert.ok(Math.abs(v - (b[i] ?? NaN)) < 1e-9, `${i}: ${v} is not ${b[i]}`));

test("a trend carried on by pushes equals the trend asked for anew", () => {
  const samples = samplesOf(600, 1000);
  for (const cut of [1, 7, 300, 599]) {
    const until = kStart + 600_000;
    const known = downsample(samples.slice(0, cut), kStart, until, 60);
    const carried = seriesOf(known);
    for (const { t, value } of samples.slice(cut)) fold(carried, t, value);
    const whole = seriesOf(downsample(samples, kStart, until, 60));
    assert.deepEqual(carried.t, whole.t);
    assert.deepEqual(carried.count, whole.count);
    close(carried.min, whole.min);
    close(carried.max, whole.max);
    close(carried.mean, whole.mean);
  }
});

test("a sample older than the last bucket changes nothing", () => {
  const series = seriesOf(downsample(samplesOf(60, 1000), kStart, kStart + 60_000, 6));
  const before = structuredClone(series);
  fold(series, kStart + 5000, 1e6);
  assert.deepEqual(series, before);
});

test("a silence longer than the gap is a hole; a zoom finer than the samples is none", () => {
  const samples = [...samplesOf(10, 1000), ...samplesOf(10, 1000).map((s) => ({ ...s, t: s.t + 60_000 }))];
  const fine = seriesOf(downsample(samples, kStart, kStart + 80_000, 800));
  const { mean } = columnsOf(fine, 5000);
  assert.equal(mean.filter((v) => v === null).length, 1);
  assert.equal(mean.filter((v) => v !== null).length, 20);
});

test("what falls out of the window is forgotten", () => {
  const series: Series = seriesOf(downsample(samplesOf(60, 1000), kStart, kStart + 60_000, 6));
  forgetBefore(series, kStart + 25_000);
  assert.equal(series.t[0], kStart + 30_000);
  assert.equal(series.mean.length, series.t.length);
});

test("what was usual leaves the outliers out, and needs more than a few values", () => {
  const series: Series = { width: 1, t: [], min: [], max: [], mean: [1000, ...Array.from({ length: 98 }, (_, i) => 50 + i / 100), -1000], count: [] };
  const band = usualBand(series);
  assert.ok(band && band.low >= 50 && band.high < 51);
  assert.equal(usualBand({ ...series, mean: [1, 2, 3] }), null);
});

test("two series that are to be compared share the extent of both", () => {
  const series = (min: number[], max: number[]): Series => ({ width: 1, t: min, min, max, mean: min, count: min });
  assert.deepEqual(extentOf([series([3, 1], [4, 2]), undefined, series([2], [9])]), { low: 1, high: 9 });
  assert.equal(extentOf([undefined, series([], [])]), null);
});

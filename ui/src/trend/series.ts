// A trend in buckets of equal width, as the server down-samples it, carried on by what is pushed.

import type { Trend } from "../api/types";

/** Units: times in milliseconds since 1970. Empty buckets are left out. */
export interface Series {
  width: number;
  t: number[];
  min: number[];
  max: number[];
  mean: number[];
  count: number[];
}

export function seriesOf(trend: Trend): Series {
  const width = (Date.parse(trend.until) - Date.parse(trend.from)) / Math.max(1, trend.t.length);
  const series: Series = { width, t: [], min: [], max: [], mean: [], count: [] };
  trend.t.forEach((t, i) => {
    const [min, max, mean, count] = [trend.min[i], trend.max[i], trend.mean[i], trend.count[i]];
    if (!count || min == null || max == null || mean == null) return;
    series.t.push(t);
    series.min.push(min);
    series.max.push(max);
    series.mean.push(mean);
    series.count.push(count);
  });
  return series;
}

/** Takes one more sample in, at or after the last bucket. Earlier ones wait for the next load: they are already drawn. */
export function fold(series: Series, t: number, value: number): void {
  const last = series.t.length - 1;
  const start = series.t[last];
  if (start !== undefined && t < start) return;
  if (start === undefined || t >= start + series.width) {
    const steps = start === undefined ? 0 : Math.floor((t - start) / series.width);
    series.t.push(start === undefined ? t : start + steps * series.width);
    series.min.push(value);
    series.max.push(value);
    series.mean.push(value);
    series.count.push(1);
    return;
  }
  const count = series.count[last] ?? 0;
  series.min[last] = Math.min(series.min[last] ?? value, value);
  series.max[last] = Math.max(series.max[last] ?? value, value);
  series.mean[last] = ((series.mean[last] ?? value) * count + value) / (count + 1);
  series.count[last] = count + 1;
}

/** Forgets the buckets before `t`. */
export function forgetBefore(series: Series, t: number): void {
  const keep = series.t.findIndex((start) => start >= t);
  if (keep <= 0) return;
  for (const column of [series.t, series.min, series.max, series.mean, series.count]) column.splice(0, keep);
}

type Column = (number | null)[];

/**
 * Columns to draw, each bucket at its middle, with a hole wherever nothing came for longer than `gap` milliseconds. (A zoom
 * finer than the samples leaves empty buckets that are no gaps.)
 */
export function columnsOf(series: Series, gap: number): { t: number[]; min: Column; max: Column; mean: Column } {
  const longest = Math.max(gap, 2.5 * series.width);
  const out = { t: [] as number[], min: [] as Column, max: [] as Column, mean: [] as Column };
  series.t.forEach((start, i) => {
    const before = series.t[i - 1];
    if (before !== undefined && start - before > longest) {
      out.t.push(before + series.width + 1);
      for (const column of [out.min, out.max, out.mean]) column.push(null);
    }
    out.t.push(start + series.width / 2);
    out.min.push(series.min[i] ?? null);
    out.max.push(series.max[i] ?? null);
    out.mean.push(series.mean[i] ?? null);
  });
  return out;
}

/** Silence longer than this is a gap. Units: milliseconds. */
export const gapOf = (signal: { gap_s: number; period_s: number } | undefined) =>
  1000 * (signal ? signal.gap_s || 5 * signal.period_s : 5);

/** Changes whenever the series was carried on: series grow in place. */
export const lastOf = (series: Series | undefined) => (series ? (series.t.at(-1) ?? 0) + (series.count.at(-1) ?? 0) : 0);

/** The middle `share` of the means: what was usual. */
export function usualBand(series: Series, share = 0.9): { low: number; high: number } | null {
  if (series.mean.length < 10) return null;
  const sorted = [...series.mean].sort((a, b) => a - b);
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))] ?? 0;
  return { low: at((1 - share) / 2), high: at((1 + share) / 2) };
}

/** From the least to the largest value of all of them; null while there is none. */
export function extentOf(all: (Series | undefined)[]): { low: number; high: number } | null {
  const some = all.filter((s): s is Series => s !== undefined && s.t.length > 0);
  if (some.length === 0) return null;
  const least = (column: number[]) => column.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (column: number[]) => column.reduce((a, b) => Math.max(a, b), -Infinity);
  return { low: Math.min(...some.map((s) => least(s.min))), high: Math.max(...some.map((s) => most(s.max))) };
}

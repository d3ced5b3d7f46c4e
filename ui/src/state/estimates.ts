// What estimators say, ready to be read and drawn: intervals, the fan of a forecast, remaining lives in words.

import type { Estimator, EstimatorOutput } from "../api/types";

const kDay = 86_400; // s
const kAtHorizon = 0.999; // of the horizon: what is further away reads as the horizon

/** A value with the interval around it. Units: the signal's. */
export interface Interval {
  middle: number;
  low: number | null;
  high: number | null;
}

/** The newest value of a signal, and when it was so (milliseconds since 1970). */
export interface Point {
  value: number | null;
  time: number | null;
}
type Read = (path: string) => Point;

const valueOf = (path: string | null, read: Read) => (path === null ? null : read(path).value);

export function intervalOf(output: EstimatorOutput | undefined, read: Read): Interval | null {
  const middle = valueOf(output?.middle ?? null, read);
  return !output || middle === null ? null : { middle, low: valueOf(output.low, read), high: valueOf(output.high, read) };
}

/** Every signal of the estimator that is drawn: middles and the ends of their intervals. */
export const pathsOf = (estimator: Estimator) =>
  estimator.outputs.flatMap((o) => [o.middle, o.low, o.high]).filter((path): path is string => path !== null);

/** A forecast as columns to draw. Units: times in milliseconds since 1970. */
export interface Fan {
  t: number[];
  middle: number[];
  low: number[];
  high: number[];
}

/**
 * From the newest measured value, where the fan is closed, to every lead within `farthest` milliseconds. Null while there is
 * nothing to draw, or when the forecast is older than it looks ahead.
 */
export function fanOf(forecast: Estimator, read: Read, now: number, farthest: number): Fan | null {
  const fan: Fan = { t: [], middle: [], low: [], high: [] };
  const add = (t: number, { middle, low, high }: Interval) => {
    fan.t.push(t);
    fan.middle.push(middle);
    fan.low.push(low ?? middle);
    fan.high.push(high ?? middle);
  };
  const measured = forecast.of === null ? null : read(forecast.of);
  if (!measured || measured.value === null || measured.time === null) return null;
  add(measured.time, { middle: measured.value, low: null, high: null });
  for (const output of [...forecast.outputs].sort((a, b) => a.lead_s - b.lead_s)) {
    const found = intervalOf(output, read);
    const made = output.middle === null ? null : read(output.middle).time;
    if (!found || made === null) continue;
    const t = made + output.lead_s * 1000;
    if (t > measured.time && t > now && t - now <= farthest) add(t, found);
  }
  return fan.t.length > 1 ? fan : null;
}

/** How far ahead of now a trend over `last` milliseconds has room for: at most half of that. */
export function roomAhead(forecasts: Estimator[], last: number): number {
  const leads = forecasts.flatMap((f) => f.outputs.map((o) => o.lead_s * 1000)).filter((lead) => lead <= last / 2);
  return Math.max(0, ...leads);
}

/** A remaining life in words; `days` at the horizon, or beyond, is more than it can tell. */
export function lifeText(days: number, horizon_s: number): string {
  const seconds = days * kDay;
  if (seconds >= kAtHorizon * horizon_s) return `more than ${longText(horizon_s)}`;
  return seconds < 1 ? "none" : longText(seconds);
}

const kUnits: readonly [unit: string, seconds: number][] = [["d", kDay], ["h", 3600], ["min", 60], ["s", 1]];

/** In the largest unit of which there are two, in two digits: a life is not known to the minute. */
function longText(seconds: number): string {
  const [unit, length] = kUnits.find(([, least]) => seconds >= 2 * least) ?? kUnits[kUnits.length - 1]!;
  return `${Number((seconds / length).toPrecision(2))} ${unit}`;
}

/** "40 min … more than 2 h"; once where both ends read the same. */
export function lifeRangeText(low: number, high: number, horizon_s: number): string {
  const [from, until] = [lifeText(low, horizon_s), lifeText(high, horizon_s)];
  return from === until ? from : `${from} … ${until}`;
}

/** The unit in which lives up to the horizon are drawn, and how many of it are a day. */
export function lifeUnit(horizon_s: number): { unit: string; perDay: number } {
  if (horizon_s <= 2 * 3600) return { unit: "min", perDay: 1440 };
  return horizon_s <= 4 * kDay ? { unit: "h", perDay: 24 } : { unit: "d", perDay: 1 };
}

/** "3 %", and never quite certain of either. */
export function chanceText(probability: number): string {
  if (probability < 0.01) return "less than 1 %";
  return probability > 0.99 ? "more than 99 %" : `${Math.round(probability * 100)} %`;
}

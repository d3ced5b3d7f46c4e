// A signal as a person sees it: value, unit, quality and age; its place in its band; its recent course.

import { memo } from "react";
import type { Limits, Priority, Signal } from "../api/types";
import { useBelief, useNow } from "../state/hooks";
import type { Belief } from "../state/twin";
import { ageText, numberText, unitText, utcText, valueText } from "../state/words";
import { columnsOf, gapOf, type Series } from "../trend/series";
import { QualityGlyph } from "./glyphs";

/** "good", or what is wrong with it, in words. */
export function qualityText(belief: Belief, now: number): string {
  if (belief.quality === "missing") {
    return belief.missingSince === null ? "no value yet" : `missing for ${ageText(now - belief.missingSince)}`;
  }
  return [belief.quality, belief.causes.join(", ")].filter(Boolean).join(": ");
}

export const Value = memo(function Value({ signal, showAge = false }: { signal: Signal; showAge?: boolean }) {
  const belief = useBelief(signal.path);
  const now = useNow();
  const quality = qualityText(belief, now);
  const when = belief.time === null ? "" : `\n${utcText(belief.time)}, ${ageText(now - belief.time)} old`;
  return (
    <span className={`value q-${belief.quality}`} title={`${signal.path}: ${quality}${when}`}>
      <QualityGlyph grade={belief.quality} />
      <span className="value-number num">{valueText(signal, belief.value)}</span>
      {signal.unit && <span className="unit">{unitText(signal.unit)}</span>}
      {belief.quality !== "good" && <span className="for-readers">{quality}</span>}
      {showAge && belief.time !== null && <span className="value-age num">{ageText(now - belief.time)}</span>}
    </span>
  );
});

/** The scale of a gauge: the band in its middle third, wider where the value is further out, within the range. */
function scaleOf(range: Limits, band: Limits | null, value: number | null, target: number | null): { from: number; until: number } | null {
  const low = range.low ?? -Infinity;
  const high = range.high ?? Infinity;
  if (band === null || band.low === null || band.high === null) {
    return Number.isFinite(high - low) && high > low ? { from: low, until: high } : null;
  }
  // A band as narrow as its noise must not make a drama of every step.
  const width = Math.max(band.high - band.low, Number.isFinite(high - low) ? (high - low) / 50 : Math.abs(band.high) / 50, 1e-9);
  const seen = [value, target].filter((v): v is number => v !== null);
  return {
    from: Math.max(low, Math.min(band.low - width, ...seen.map((v) => v - width / 4))),
    until: Math.min(high, Math.max(band.high + width, ...seen.map((v) => v + width / 4))),
  };
}

/** Where the value stands: the scale, its normal band, a set point, and a pointer. */
export const Gauge = memo(function Gauge({ signal, band, bandText, setpoint, priority }: {
  signal: Signal; band: Limits | null; bandText: string; setpoint: string | null; priority: Priority | null;
}) {
  const { value, quality } = useBelief(signal.path);
  const target = useBelief(setpoint ?? "").value;
  const scale = scaleOf(signal.range, band, value, setpoint ? target : null);
  if (!scale || scale.until <= scale.from || signal.states.length > 0) return <span className="gauge" />;
  const x = (v: number) => 2 + 96 * Math.min(1, Math.max(0, (v - scale.from) / (scale.until - scale.from)));
  const [bandLow, bandHigh] = [band?.low ?? null, band?.high ?? null];
  const side = value === null ? "" : bandHigh !== null && value > bandHigh ? "above" : bandLow !== null && value < bandLow ? "below" : "";
  const parts = [`scale ${numberText(scale.from, signal.range)} … ${numberText(scale.until, signal.range)} ${unitText(signal.unit)}`];
  if (bandLow !== null && bandHigh !== null) parts.push(`${bandText} ${numberText(bandLow, signal.range)} … ${numberText(bandHigh, signal.range)}`);
  if (side) parts.push(`now ${side} it`);
  return (
    <span className={`gauge ${side ? "outside" : ""} ${priority ? `p-${priority}` : ""} q-${quality}`} title={parts.join("\n")}>
      <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
        <rect className="gauge-track" x="2" y="6" width="96" height="6" />
        {bandLow !== null && bandHigh !== null && (
          <rect className="gauge-band" x={x(bandLow)} y="6" width={Math.max(1.5, x(bandHigh) - x(bandLow))} height="6" />
        )}
      </svg>
      {target !== null && setpoint && <i className="gauge-setpoint" style={{ left: `${x(target)}%` }} />}
      {value !== null && <i className="gauge-pointer" style={{ left: `${x(value)}%` }} />}
      {side && <span className="for-readers">{side} normal</span>}
    </span>
  );
});

/** A word-sized trend, with the normal band behind it. It stretches to its box; holes stay holes. */
export const Sparkline = memo(function Sparkline({ series, signal, from, until, last, band = null }: {
  series: Series | undefined; signal: Signal; from: number; until: number; band?: Limits | null;
  /** Changes when the series grew: it is carried on in place. */
  last: number;
}) {
  void last;
  const width = 120;
  const height = 24;
  if (!series || series.t.length === 0 || until <= from) return <svg className="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" />;
  const { t, mean } = columnsOf(series, gapOf(signal));
  const present = mean.filter((v): v is number => v !== null);
  let [low, high] = [Math.min(...present), Math.max(...present)];
  // Noise must not look like drama: never magnify beyond a fiftieth of the range.
  const { low: rangeLow, high: rangeHigh } = signal.range;
  const least = rangeLow !== null && rangeHigh !== null ? (rangeHigh - rangeLow) / 50 : Math.abs(high) / 50 || 1;
  if (high - low < least) [low, high] = [(low + high - least) / 2, (low + high + least) / 2];
  if (band && band.low !== null && band.high !== null) [low, high] = [Math.min(low, band.low), Math.max(high, band.high)];
  const y = (v: number) => height - 2 - ((v - low) / (high - low)) * (height - 4);
  let path = "";
  let pen = false;
  t.forEach((time, i) => {
    const v = mean[i];
    if (v == null) return void (pen = false);
    const x = ((time - from) / (until - from)) * width;
    path += `${pen ? "L" : "M"}${x.toFixed(1)} ${y(v).toFixed(1)}`;
    pen = true;
  });
  return (
    <svg className="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {band && band.low !== null && band.high !== null && (
        <rect className="spark-band" x="0" width={width} y={y(band.high)} height={Math.max(1, y(band.low) - y(band.high))} />
      )}
      <path d={path} />
    </svg>
  );
});

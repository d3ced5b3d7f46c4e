// The trends of one asset, one under the other on one time axis: what was measured, what soft sensors and the simulator make
// of it, and ahead of now what is expected.

import { useMemo, useState } from "react";
import type { Asset, Estimator, Signal } from "../api/types";
import { Empty, Segments, Trouble } from "../parts/controls";
import { Value } from "../parts/value";
import { useEpisodes } from "../state/episodes";
import { fanOf, pathsOf, roomAhead } from "../state/estimates";
import { useNow, usePlant, useWidth } from "../state/hooks";
import { rankOf } from "../state/plant_index";
import { twin } from "../state/twin";
import { clockText, durationText, nameText } from "../state/words";
import { Chart, type Episode, type Limit, type Line } from "../trend/chart";
import { columnsOf, gapOf, type Series } from "../trend/series";
import { useTrends, type Span } from "../trend/use_trends";
import { IntervalValue } from "./estimates";

const kMinute = 60_000;
const kRanges = [
  { value: "5", text: "5 min", ms: 5 * kMinute },
  { value: "60", text: "1 h", ms: 60 * kMinute },
  { value: "480", text: "8 h", ms: 480 * kMinute },
  { value: "1440", text: "1 d", ms: 1440 * kMinute },
] as const;
type Range = (typeof kRanges)[number]["value"];

// Kept while going from asset to asset.
let remembered: Range = "60";

function lineOf(series: Series | undefined, signal: Signal | undefined, label: string, look: Line["look"], band: boolean): Line {
  if (!series) return { label, t: [], mean: [], look };
  const { t, mean, min, max } = columnsOf(series, gapOf(signal));
  return band ? { label, t, mean, low: min, high: max, look } : { label, t, mean, look };
}

/** A soft sensor's line with its interval; the three are written together, so that their buckets are the same. */
function softLine(series: Map<string, Series>, { name, outputs, of }: Estimator, measured: Signal): Line | null {
  const [output] = outputs;
  const line = (path: string | null) => (path === null ? undefined : series.get(path));
  const middle = line(output?.middle ?? null);
  if (!middle || of !== measured.path) return null;
  const gap = gapOf(measured);
  const columns = columnsOf(middle, gap);
  const [low, high] = [line(output?.low ?? null), line(output?.high ?? null)].map((s) => (s ? columnsOf(s, gap) : undefined));
  const at = (found: typeof low) => {
    const byTime = new Map(found?.t.map((t, i) => [t, found.mean[i] ?? null]));
    return columns.t.map((t) => byTime.get(t) ?? null);
  };
  return { label: nameText(name), t: columns.t, mean: columns.mean, low: at(low), high: at(high), look: "soft" };
}

function fanLine(forecast: Estimator, now: number, room: number): Line | null {
  const fan = fanOf(forecast, (path) => twin.belief(path), now, room);
  return fan && { label: nameText(forecast.name), t: fan.t, mean: fan.middle, low: fan.low, high: fan.high, look: "forecast" };
}

function limitsOf(signal: Signal): Limit[] {
  if (signal.role === "score") return [{ value: 1, label: "threshold" }];
  const { low = null, high = null } = signal.normal ?? {};
  return [
    ...(high === null ? [] : [{ value: high, label: "normal to" }]),
    ...(low === null ? [] : [{ value: low, label: "normal from" }]),
  ];
}

/** A hundredth of the range, or a third of the normal band. */
function leastSpanOf({ range, normal }: Signal): number {
  if (normal && normal.low !== null && normal.high !== null) return (normal.high - normal.low) / 3;
  return range.low !== null && range.high !== null ? (range.high - range.low) / 100 : 0;
}

export function TrendPanel({ asset, paths }: { asset: Asset; paths: string[] }) {
  const index = usePlant();
  const now = useNow();
  const episodes = useEpisodes();
  const [ref, width] = useWidth();
  const [range, setRange] = useState<Range>(remembered);
  const [zoom, setZoom] = useState<{ from: number; until: number } | null>(null);

  const last = kRanges.find((r) => r.value === range)?.ms ?? 60 * kMinute;
  const span: Span = useMemo(() => zoom ?? { last }, [zoom, last]);
  const estimates = paths.map((path) => index.estimateOf(path)?.path).filter((p): p is string => p !== undefined);
  const estimators = paths.flatMap((path) => index.estimatorsFor(path));
  const softSensors = estimators.filter((e) => e.kind === "soft_sensor");
  const forecasts = estimators.filter((e) => e.kind === "forecast");
  // One axis for all: every trend leaves the room that the farthest forecast of one needs. A zoom looks closely at what was.
  const room = zoom ? 0 : roomAhead(forecasts, last);
  // In steps, so that a window that is being resized does not ask at every pixel.
  const points = Math.max(60, Math.round((width - 70) / 20) * 20);
  const { series, from, until, trouble } = useTrends([...paths, ...estimates, ...softSensors.flatMap(pathsOf)], span, width < 100 ? 0 : points);

  const shaded = useMemo(
    (): Episode[] =>
      episodes
        .filter((e) => e.asset === asset.path && e.from <= now)
        .map((e) => ({ from: e.from, until: Math.min(e.until ?? now, now), priority: e.priority }))
        .sort((a, b) => rankOf(b.priority) - rankOf(a.priority)), // the worst is drawn last, on top
    [episodes, asset, now],
  );
  const move = (share: number) => {
    const [a, b] = zoom ? [zoom.from, zoom.until] : [now - last, now];
    const step = (b - a) * share;
    setZoom({ from: a + step, until: Math.min(now, b + step) });
  };
  const scale = (factor: number) => {
    const [a, b] = zoom ? [zoom.from, zoom.until] : [now - last, now];
    const half = Math.max(5000, ((b - a) * factor) / 2);
    const middle = (a + b) / 2;
    setZoom({ from: middle - half, until: Math.min(now, middle + half) });
  };

  return (
    <section className="panel trends" aria-label="Trends">
      <header>
        <h2>Trends</h2>
        <Segments
          label="Range"
          value={zoom ? null : range}
          onChange={(value) => {
            remembered = value;
            setRange(value);
            setZoom(null);
          }}
          options={[...kRanges]}
        />
        <span className="button-row">
          <button type="button" className="icon-button" aria-label="Earlier" title="Earlier" onClick={() => move(-0.5)}>‹</button>
          <button type="button" className="icon-button" aria-label="Later" title="Later" disabled={!zoom} onClick={() => move(0.5)}>›</button>
          <button type="button" className="icon-button" aria-label="Zoom in" title="Zoom in (or drag across a trend)" onClick={() => scale(0.5)}>+</button>
          <button type="button" className="icon-button" aria-label="Zoom out" title="Zoom out" onClick={() => scale(2)}>−</button>
        </span>
        {zoom && (
          <button type="button" className="quiet num" onClick={() => setZoom(null)} title="Back to the newest">
            {clockText(zoom.from)} – {clockText(zoom.until)} ✕
          </button>
        )}
      </header>
      <Trouble text={trouble} />
      <div ref={ref} className="trend-list">
        {paths.length === 0 && <Empty title="No trend chosen">Tick a signal to see its trend.</Empty>}
        {width > 0 && until > 0 && paths.map((path) => {
          const signal = index.signal(path);
          if (!signal) return null;
          const estimate = index.estimateOf(path);
          const lines = [lineOf(series.get(path), signal, "measured", "measured", true)];
          if (estimate) lines.push(lineOf(series.get(estimate.path), estimate, "expected", "estimate", false));
          const own = softSensors.filter((e) => e.of === path);
          for (const sensor of own) lines.push(...[softLine(series, sensor, signal)].filter((line) => line !== null));
          const ahead = forecasts.filter((e) => e.of === path);
          for (const forecast of ahead) lines.push(...[fanLine(forecast, until, room)].filter((line) => line !== null));
          return (
            <figure key={path}>
              <figcaption>
                <span className="strong">{nameText(signal.name)}</span> <Value signal={signal} />
                {estimate && <span className="muted legend-estimate">expected <Value signal={estimate} /></span>}
                {own.map((e) => (
                  <span key={e.path} className="muted legend-soft" title={`${e.path}: what ${nameText(signal.name).toLowerCase()} should be, by ${e.from.join(", ")}`}>
                    {nameText(e.name)} <IntervalValue output={e.outputs[0]} />
                  </span>
                ))}
                {room > 0 && ahead.map((e) => {
                  const farthest = e.outputs.filter((o) => o.lead_s * 1000 <= room).sort((a, b) => b.lead_s - a.lead_s)[0];
                  return farthest && (
                    <span key={e.path} className="muted legend-forecast">
                      in {durationText(farthest.lead_s)} <IntervalValue output={farthest} />
                    </span>
                  );
                })}
              </figcaption>
              <Chart
                lines={lines}
                unit={signal.unit}
                from={from}
                until={until + room}
                mark={room > 0 ? { at: until, label: "now" } : undefined}
                height={148}
                label={`Trend of ${nameText(signal.name)}, ${clockText(from)} to ${clockText(until)}`}
                episodes={shaded}
                limits={limitsOf(signal)}
                leastSpan={leastSpanOf(signal)}
                sync="asset"
                onZoom={(a, b) => a < until && setZoom({ from: a, until: Math.min(b, until) })}
                onReset={() => setZoom(null)}
              />
            </figure>
          );
        })}
      </div>
    </section>
  );
}

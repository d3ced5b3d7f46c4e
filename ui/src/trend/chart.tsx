// One trend as a line with its band: a thin skin over uPlot that follows the page's colours, shades alarm episodes, keeps
// holes visible and turns a drag into a zoom.

import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Priority } from "../api/types";
import { clockText, dayText, durationText, numberText, unitText, utcText } from "../state/words";
import { useTheme } from "../parts/theme";
import { useWidth } from "../state/hooks";

export interface Line {
  label: string;
  t: number[];
  mean: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  look: "measured" | "estimate" | "soft" | "forecast" | "other";
}

export interface Episode {
  from: number;
  until: number;
  priority: Priority;
}

export interface Limit {
  value: number;
  label: string;
}

interface ChartProps {
  lines: Line[];
  unit: string;
  from: number;
  until: number;
  height: number;
  label: string;
  episodes?: Episode[];
  limits?: Limit[];
  /** Offsets in seconds on the x axis instead of times of day. */
  relative?: boolean;
  /** The y axis never magnifies further than this, so that noise does not look like drama. */
  leastSpan?: number;
  /** The y axis, where several charts are to be compared. */
  yRange?: { low: number; high: number } | undefined;
  /** A moment to mark, and what it is called: where what is measured ends and what is expected begins. */
  mark?: { at: number; label: string } | undefined;
  sync?: string;
  onZoom?: (from: number, until: number) => void;
  onReset?: () => void;
}

const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const kInk: Record<Line["look"], string> = { measured: "trend", estimate: "trend-estimate", soft: "trend-other", forecast: "trend-estimate", other: "trend-other" };
const kDash: Record<Line["look"], number[]> = { measured: [], estimate: [6, 4], soft: [], forecast: [2, 2], other: [2, 3] };
const kOffsetSteps = [
  10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, ...[1, 2, 5, 7, 14, 30, 60, 90, 180, 365].map((days) => days * 86_400),
];
const kFont = "11px system-ui, sans-serif";

/** All lines on one time base, in seconds, as uPlot wants them. */
function dataOf(lines: Line[]): uPlot.AlignedData {
  const tables = lines.map((line): uPlot.AlignedData => [
    line.t.map((t) => t / 1000),
    line.mean,
    ...(line.low && line.high ? [line.low, line.high] : []),
  ]);
  if (tables.length === 0) return [[]];
  return tables.length === 1 ? tables[0]! : uPlot.join(tables, tables.map((table) => table.map(() => 2 as const)));
}

function seriesOptions(lines: Line[]): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const line of lines) {
    const ink = color(kInk[line.look]);
    const dash = line.look === "measured" ? {} : { dash: kDash[line.look] };
    series.push({ label: line.label, stroke: ink, width: line.look === "measured" ? 1.5 : 1.25, points: { show: false }, ...dash });
    if (!line.low || !line.high) continue;
    series.push({ stroke: "transparent", width: 0, points: { show: false } }, { stroke: "transparent", width: 0, points: { show: false } });
    bands.push({ series: [series.length - 1, series.length - 2], fill: color(`${kInk[line.look]}-band`) });
  }
  return { series, bands };
}

function shade(u: uPlot, episodes: Episode[]): void {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  for (const { from, until, priority } of episodes) {
    const x0 = u.valToPos(from / 1000, "x", true);
    const x1 = Math.max(x0 + 2, u.valToPos(until / 1000, "x", true));
    u.ctx.fillStyle = color(`alarm-${priority}`);
    u.ctx.globalAlpha = 0.13;
    u.ctx.fillRect(x0, top, x1 - x0, height);
    u.ctx.globalAlpha = 1;
    u.ctx.fillRect(x0, top, x1 - x0, 3 * devicePixelRatio);
  }
  u.ctx.restore();
}

function drawLimits(u: uPlot, limits: Limit[]): void {
  const { left, width } = u.bbox;
  u.ctx.save();
  u.ctx.strokeStyle = u.ctx.fillStyle = color("muted");
  u.ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  for (const { value, label } of limits) {
    const y = u.valToPos(value, "y", true);
    if (y < u.bbox.top || y > u.bbox.top + u.bbox.height) continue;
    u.ctx.beginPath();
    u.ctx.moveTo(left, y);
    u.ctx.lineTo(left + width, y);
    u.ctx.stroke();
    u.ctx.textAlign = "left";
    u.ctx.textBaseline = "bottom";
    u.ctx.fillText(label, left + 4 * devicePixelRatio, y - 2 * devicePixelRatio);
  }
  u.ctx.restore();
}

function drawMark(u: uPlot, at: number, label: string): void {
  const { top, height } = u.bbox;
  const x = Math.round(u.valToPos(at / 1000, "x", true));
  u.ctx.save();
  u.ctx.strokeStyle = u.ctx.fillStyle = color("muted");
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([]); // uPlot leaves that of its last line
  u.ctx.beginPath();
  u.ctx.moveTo(x, top);
  u.ctx.lineTo(x, top + height);
  u.ctx.stroke();
  u.ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  u.ctx.textAlign = "left";
  u.ctx.textBaseline = "bottom";
  u.ctx.fillText(label, x + 4 * devicePixelRatio, top + height - 2 * devicePixelRatio);
  u.ctx.restore();
}

function timeTicks(_: uPlot, ticks: number[], __: number, ___: number, step: number): string[] {
  return ticks.map((s) => {
    const clock = clockText(s * 1000);
    if (step >= 86_400) return dayText(s * 1000);
    return step >= 60 ? clock.slice(0, 5) : clock;
  });
}

/** In the largest unit in which the step between two ticks is whole. */
function offsetTicks(_: uPlot, ticks: number[], __: number, ___: number, step: number): string[] {
  const [size, unit] = ([[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]] as const).find(([size]) => step % size === 0) ?? [1, "s"];
  return ticks.map((s) => `${Math.round(s / size)} ${unit}`.replace("-", "−"));
}

/** "+2.5 h", for the readout. */
const offsetText = (s: number) => `${s < 0 ? "−" : "+"}${durationText(Math.abs(Math.round(s)))}`;

function axes(relative: boolean): uPlot.Axis[] {
  const look = {
    stroke: color("muted"),
    font: kFont,
    grid: { stroke: color("grid"), width: 1 },
    ticks: { stroke: color("line"), width: 1, size: 4 },
  };
  return [
    { ...look, size: 26, values: relative ? offsetTicks : timeTicks, space: 70,
      ...(relative ? { incrs: kOffsetSteps } : {}) },
    { ...look, size: 48, space: 26, values: (_, ticks) => ticks.map((v) => `${v}`.replace("-", "−")) },
  ];
}

/** The y scale: what is drawn, with a little room, and never less than `least` high. */
function heightOf(min: number | null, max: number | null, least: number): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const span = Math.max(max - min, least, 1e-9);
  const middle = (min + max) / 2;
  return [middle - 0.56 * span, middle + 0.56 * span];
}

/** "02:14:05   412.3 l/min   min 410.1 max 415.0" of the bucket under the cursor. */
function readoutText(u: uPlot, lines: Line[], unit: string, relative: boolean): string {
  const i = u.cursor.idx;
  const t = i == null ? undefined : u.data[0][i];
  if (i == null || t === undefined) return "";
  const parts = [relative ? offsetText(t) : clockText(t * 1000)];
  let at = 1;
  for (const line of lines) {
    const value = u.data[at]?.[i];
    if (value != null) parts.push(`${lines.length > 1 ? `${line.label} ` : ""}${numberText(value)} ${unitText(unit)}`);
    if (line.low && line.high) {
      const [low, high] = [u.data[at + 1]?.[i], u.data[at + 2]?.[i]];
      if (low != null && high != null && high > low) parts.push(`(${numberText(low)} … ${numberText(high)})`);
    }
    at += line.low && line.high ? 3 : 1;
  }
  return parts.join("  ");
}

export function Chart(props: ChartProps) {
  const { lines, unit, from, until, height, label, relative = false, sync } = props;
  const [widthRef, width] = useWidth();
  const host = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const latest = useRef(props);
  latest.current = props;

  const shape = lines.map((line) => `${line.look}${line.low ? "b" : ""}${line.label}`).join("|");
  useEffect(() => {
    if (!host.current || width < 40) return;
    const u = new uPlot(
      {
        width,
        height,
        padding: [6, relative ? 22 : 10, 0, 0],
        ...seriesOptions(latest.current.lines),
        legend: { show: false },
        cursor: {
          y: false,
          points: { size: 6 },
          drag: { x: true, y: false, setScale: false },
          ...(sync ? { sync: { key: sync, setSeries: false } } : {}),
          bind: { dblclick: () => () => (latest.current.onReset?.(), null) },
        },
        scales: {
          x: { time: !relative, auto: false, range: (_u, min, max) => [min, max] },
          y: {
            range: (_u, min, max) => {
              const { yRange, leastSpan = 0 } = latest.current;
              return yRange ? heightOf(yRange.low, yRange.high, leastSpan) : heightOf(min, max, leastSpan);
            },
          },
        },
        axes: axes(relative),
        hooks: {
          drawClear: [(u) => shade(u, latest.current.episodes ?? [])],
          draw: [
            (u) => drawLimits(u, latest.current.limits ?? []),
            (u) => latest.current.mark && drawMark(u, latest.current.mark.at, latest.current.mark.label),
          ],
          setCursor: [
            (u) => {
              if (!readout.current) return;
              readout.current.textContent = readoutText(u, latest.current.lines, latest.current.unit, relative);
              const t = u.cursor.idx == null ? undefined : u.data[0][u.cursor.idx];
              readout.current.title = t === undefined || relative ? "" : utcText(t * 1000);
            },
          ],
          setSelect: [
            (u) => {
              const { left, width } = u.select;
              if (width > 4) latest.current.onZoom?.(u.posToVal(left, "x") * 1000, u.posToVal(left + width, "x") * 1000);
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      dataOf(latest.current.lines),
      host.current,
    );
    u.setScale("x", { min: latest.current.from / 1000, max: latest.current.until / 1000 });
    plot.current = u;
    return () => {
      plot.current = null;
      u.destroy();
    };
  }, [width, height, theme, shape, relative, sync]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    u.batch(() => {
      u.setData(dataOf(lines), false);
      u.setScale("x", { min: from / 1000, max: until / 1000 });
    });
  }, [lines, from, until, props.episodes, props.yRange?.low, props.yRange?.high, shape]);

  return (
    <div className="chart" ref={widthRef} role="img" aria-label={label} style={{ height }}>
      <div ref={host} />
      <div className="chart-readout num" ref={readout} aria-hidden="true" />
      {lines.every((line) => line.mean.every((v) => v === null)) && <div className="chart-empty">no values in this range ({unitText(unit) || "–"})</div>}
    </div>
  );
}

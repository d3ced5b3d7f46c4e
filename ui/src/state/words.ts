// Numbers, times and names as people read them.

import type { Limits, Signal } from "../api/types";

const kUnits: Record<string, string> = {
  "1": "",
  degC: "°C", delta_degC: "K", degF: "°F", m3: "m³", "m3/h": "m³/h", "kWh/m3": "kWh/m³", "J/m3": "J/m³", "m/s2": "m/s²", ohm: "Ω", um: "µm", us: "µs",
};
export const unitText = (unit: string) => kUnits[unit] ?? unit;

/** As many decimals as tell about a five-hundredth of the range apart. */
function decimalsFor(range: Limits | undefined, value: number): number {
  const span = range && range.low !== null && range.high !== null ? range.high - range.low : Math.abs(value) * 4;
  return span > 0 ? Math.min(4, Math.max(0, Math.ceil(-Math.log10(span / 500)))) : 2;
}

export function numberText(value: number, range?: Limits): string {
  const text = value.toFixed(decimalsFor(range, value));
  return (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text).replace("-", "−");
}

/** The value of a signal without its unit: a number, or the name of its state. */
export function valueText(signal: Signal | undefined, value: number | null): string {
  if (value === null) return "–";
  if (signal && signal.states.length > 0) return signal.states[Math.round(value)] ?? `state ${value}`;
  return numberText(value, signal?.range);
}

/** "line_1" as "Line 1", "suction_pressure" as "Suction pressure". */
export function nameText(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "line_1.pump_1.flow" as "Line 1 › Pump 1 › Flow". */
export const pathText = (path: string) => (path === "" ? "Plant" : path.split(".").map(nameText).join(" › "));

/** The last two steps of a path: enough to tell things apart on one screen. */
export const shortPathText = (path: string) => pathText(path.split(".").slice(-2).join("."));

export function ageText(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** "4:07" of what is left. */
export function countdownText(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(s / 60);
  return minutes >= 60 ? ageText(ms) : `${minutes}:${String(s % 60).padStart(2, "0")}`;
}

export function durationText(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  if (seconds < 3600) return `${Number((seconds / 60).toPrecision(3))} min`;
  if (seconds < 2 * 86_400) return `${Number((seconds / 3600).toPrecision(3))} h`;
  return `${Number((seconds / 86_400).toPrecision(3))} d`;
}

const kClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const kDay = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const kZone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" });

export const clockText = (t: number) => kClock.format(t);
export const dayText = (t: number) => kDay.format(t).replace(",", "");
export const zoneText = (t: number) => kZone.formatToParts(t).find((part) => part.type === "timeZoneName")?.value ?? "";

/** "Sat 22 Nov 02:14:05 UTC", in the browser's zone. */
export const momentText = (t: number) => `${dayText(t)} ${clockText(t)} ${zoneText(t)}`;

/** Only the clock on the day of `now`, otherwise with the day. */
export const timeText = (t: number, now: number) =>
  dayText(t) === dayText(now) && Math.abs(now - t) < 86_400_000 ? clockText(t) : `${dayText(t)} ${clockText(t)}`;

export const utcText = (t: number) => new Date(t).toISOString().replace("T", " ").replace("Z", " UTC");

export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toPrecision(3)} ${units[step]}`;
}

export const countText = (n: number) => n.toLocaleString("en-GB").replaceAll(",", "\u202f");
export const percentText = (share: number) => `${Math.round(share * 100)} %`;

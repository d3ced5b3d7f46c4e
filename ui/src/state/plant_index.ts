// The plant, ready for the page's questions.

import type { Alarm, Asset, Control, Detector, Estimator, Plant, Priority, Signal } from "../api/types";

function group<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const found = groups.get(key(item));
    if (found) found.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** An estimate in the unit of what it estimates, without a range of its own, is told as finely as that. */
function withRanges(signals: Signal[]): Signal[] {
  const byPath = new Map(signals.map((s) => [s.path, s]));
  return signals.map((s) => {
    const measured = s.of === null ? undefined : byPath.get(s.of);
    return measured && measured.unit === s.unit && s.range.low === null && s.range.high === null ? { ...s, range: measured.range } : s;
  });
}

export class PlantIndex {
  private assets: Map<string, Asset>;
  private signals: Map<string, Signal>;
  private controls: Map<string, Control>;
  private children: Map<string, Asset[]>;
  private signalsByAsset: Map<string, Signal[]>;
  private controlsByAsset: Map<string, Control[]>;
  private detectorsByAsset: Map<string, Detector[]>;
  private estimates: Map<string, Signal>;
  private estimatorsByAsset: Map<string, Estimator[]>;
  private estimatorsBySignal: Map<string, Estimator[]>;
  private places: Map<string, number>;

  constructor(readonly plant: Plant) {
    this.assets = new Map(plant.assets.map((a) => [a.path, a]));
    const signals = withRanges(plant.signals);
    this.signals = new Map(signals.map((s) => [s.path, s]));
    this.controls = new Map(plant.controls.map((c) => [c.path, c]));
    this.children = group(plant.assets.filter((a) => a.parent !== null), (a) => a.parent ?? "");
    this.signalsByAsset = group(signals, (s) => s.asset);
    this.controlsByAsset = group(plant.controls, (c) => c.asset);
    this.detectorsByAsset = group(plant.detectors, (d) => d.asset);
    this.places = new Map(plant.signals.map((s, place) => [s.path, place]));
    this.estimatorsByAsset = group(plant.estimators, (e) => e.asset);
    this.estimatorsBySignal = group(plant.estimators, (e) => e.of ?? "");
    this.estimates = new Map(signals.filter((s) => s.role === "estimate" && s.of !== null).map((s) => [s.of ?? "", s]));
  }

  /** A signal's place in the plant's list, in which columns stand. */
  placeOf = (path: string) => this.places.get(path);
  asset = (path: string) => this.assets.get(path);
  signal = (path: string) => this.signals.get(path);
  control = (path: string) => this.controls.get(path);
  childrenOf = (path: string) => this.children.get(path) ?? [];
  signalsOf = (asset: string) => this.signalsByAsset.get(asset) ?? [];
  controlsOf = (asset: string) => this.controlsByAsset.get(asset) ?? [];
  detectorsOf = (asset: string) => this.detectorsByAsset.get(asset) ?? [];
  /** What the simulator makes of a signal. */
  estimateOf = (signal: string) => this.estimates.get(signal);
  /** Soft sensors, forecasts and lives of an asset, or those that speak of a signal. */
  estimatorsOf = (asset: string) => this.estimatorsByAsset.get(asset) ?? [];
  estimatorsFor = (signal: string) => this.estimatorsBySignal.get(signal) ?? [];
  measuredOf = (asset: string) => this.signalsOf(asset).filter((s) => s.role === "measured");

  /** From the plant down to the asset itself. */
  lineage(path: string): Asset[] {
    const line: Asset[] = [];
    for (let at = this.assets.get(path); at; at = at.parent === null ? undefined : this.assets.get(at.parent)) line.unshift(at);
    return line;
  }

  /** The signal in which the plant reports what a control is set to; its feedback where there is none. */
  setpointOf(control: Control): string | null {
    const near = (name: string) => (control.asset ? `${control.asset}.${name}` : name);
    const candidates = [control.path, near(`${control.name}_setpoint`), near("setpoint")];
    return candidates.find((path) => path !== control.feedback && this.signals.has(path)) ?? control.feedback;
  }

  /** Where the set point of a signal is told, when a control moves it. */
  setpointFor(signal: string): string | null {
    const control = this.plant.controls.find((c) => c.feedback === signal);
    const setpoint = control ? this.setpointOf(control) : null;
    return setpoint === signal ? null : setpoint;
  }
}

export const kPriorities: readonly Priority[] = ["critical", "high", "medium", "low"];
export const rankOf = (priority: Priority) => kPriorities.indexOf(priority);

export type AlarmState = "unacknowledged" | "acknowledged" | "cleared" | "shelved" | "ended";

/** Where an alarm is in its life: it ends when its condition is gone and a person has seen it. */
export function stateOf(alarm: Alarm): AlarmState {
  if (alarm.cleared_at) return alarm.acknowledged_at ? "ended" : "cleared";
  if (alarm.shelved_until) return "shelved";
  return alarm.acknowledged_at ? "acknowledged" : "unacknowledged";
}

export const needsAttention = (alarm: Alarm) => ["unacknowledged", "acknowledged", "cleared"].includes(stateOf(alarm));

const kStateOrder: readonly AlarmState[] = ["unacknowledged", "acknowledged", "cleared", "shelved", "ended"];

/** Most urgent first: unacknowledged before acknowledged, then priority, then the newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    kStateOrder.indexOf(stateOf(a)) - kStateOrder.indexOf(stateOf(b)) ||
    rankOf(a.priority) - rankOf(b.priority) ||
    b.raised_at.localeCompare(a.raised_at)
  );
}

export interface Trouble {
  worst: Priority;
  count: number;
  unacknowledged: number;
}

/** Active alarms of every asset and of all below it, by path. */
export function troubles(index: PlantIndex, alarms: Alarm[]): Map<string, Trouble> {
  const found = new Map<string, Trouble>();
  for (const alarm of alarms) {
    const state = stateOf(alarm);
    if (state !== "unacknowledged" && state !== "acknowledged") continue;
    for (const { path } of index.lineage(alarm.asset)) {
      const before = found.get(path);
      const fresh = state === "unacknowledged" ? 1 : 0;
      found.set(path, {
        worst: before && rankOf(before.worst) < rankOf(alarm.priority) ? before.worst : alarm.priority,
        count: (before?.count ?? 0) + 1,
        unacknowledged: (before?.unacknowledged ?? 0) + fresh,
      });
    }
  }
  return found;
}

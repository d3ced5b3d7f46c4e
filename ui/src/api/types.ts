// The shapes of the published API (src/api/openapi.yaml), by the same names.

export type Grade = "good" | "uncertain" | "bad" | "missing";
export type Priority = "low" | "medium" | "high" | "critical";
export type Truth = "real" | "false" | "unknown";
export type Autonomy = "observe" | "approve";
export type Time = string;

export interface Limits {
  low: number | null;
  high: number | null;
}

export interface Session {
  user: string | null;
  token_required: boolean;
  may_write: boolean;
}

export interface SourceStatus {
  name: string;
  state: "connecting" | "online" | "faulted" | "finished";
  detail: string;
  since: Time | null;
  retry_at: Time | null;
}

export interface Status {
  version: string;
  plant: string;
  started: Time;
  now: Time;
  replay: boolean;
  sources: SourceStatus[];
  history: {
    samples: number;
    events: number;
    duplicates: number;
    bytes_on_disk: number;
    last_known_at: Time | null;
    trouble: string;
  };
  extent: { from: Time; until: Time } | null;
  ticks: number;
  samples: number;
  inbox_depth: number;
  untrained: string[];
}

export interface Asset {
  path: string;
  parent: string | null;
  name: string;
  type: string;
  serial: string;
  description: string;
  location: { latitude: number; longitude: number } | null;
  health: string | null;
}

export interface Signal {
  path: string;
  asset: string;
  name: string;
  description: string;
  role: "measured" | "estimate" | "score" | "health" | "soft_sensor" | "forecast" | "life";
  of: string | null;
  part: "middle" | "low" | "high" | "probability";
  lead_s: number;
  unit: string;
  states: string[];
  range: Limits;
  normal: Limits | null;
  period_s: number;
  gap_s: number;
}

export interface Control {
  path: string;
  asset: string;
  name: string;
  description: string;
  unit: string;
  range: Limits;
  rate_limit_per_s: number;
  feedback: string | null;
  feedback_tolerance: number;
  interlocks: string[];
  expiry_s: number;
  autonomy: Autonomy;
  bound: boolean;
}

export interface Connection {
  from: string;
  to: string;
  from_asset: string;
  to_asset: string;
  kind: string;
}

export interface Detector {
  path: string;
  asset: string;
  name: string;
  kind: string;
  signals: string[];
  score: string | null;
  priority: Priority;
  action: string;
}

/** The signals that an estimator writes, for one lead of a forecast or for all. */
export interface EstimatorOutput {
  lead_s: number;
  middle: string | null;
  low: string | null;
  high: string | null;
  probability: string | null;
}

export interface Estimator {
  path: string;
  asset: string;
  name: string;
  kind: "soft_sensor" | "forecast" | "life";
  of: string | null;
  from: string[];
  coverage: number;
  ends: string | null;
  horizon_s: number;
  outputs: EstimatorOutput[];
}

export interface Simulator {
  name: string;
  asset: string;
  kind: string;
  signals: string[];
  controls: string[];
}

/** What a what-if may change beside the plant's controls. */
export interface Adjustable {
  name: string;
  unit: string;
  meaning: string;
  value: number | null;
  range: Limits;
}

export interface ReadySimulator extends Simulator {
  ready: boolean;
  why?: string;
  version?: string;
  summary?: string;
  adjustables: Adjustable[];
}

export interface Decision {
  name: string;
  description: string;
  maximise: boolean;
  objective: string;
  by: string[];
  subject_to: string[];
  autonomy: Autonomy;
  horizon_s: number;
}

export interface Plant {
  name: string;
  version: string;
  assets: Asset[];
  signals: Signal[];
  controls: Control[];
  connections: Connection[];
  detectors: Detector[];
  estimators: Estimator[];
  simulators: Simulator[];
  decisions: Decision[];
}

export interface WireBelief {
  value: number | null;
  quality: Grade;
  causes: string[];
  time: Time | null;
  known_at: Time | null;
  missing_since: Time | null;
}

export interface Driver {
  signal: string;
  contribution: number;
  value: number;
  expected: number;
}

export interface Alarm {
  id: number;
  asset: string;
  source: string;
  name: string;
  priority: Priority;
  cause: string;
  consequence: string;
  action: string;
  score: number;
  drivers: Driver[];
  onset: Time;
  version: string;
  raised_at: Time;
  cleared_at: Time | null;
  acknowledged_at: Time | null;
  acknowledged_by: string;
  shelved_until: Time | null;
  shelved_by: string;
  shelve_reason: string;
  nearest_normal: Time | null;
  nearest_distance: number;
  label: AlarmLabel | null;
}

/** What a person found an alarm to be. */
export interface AlarmLabel {
  truth: Truth;
  cause: string;
  by: string;
}

/** An alarm whose label would teach the detectors much. */
export interface Suggestion {
  alarm: number;
  worth: number;
  reasons: string[];
}

export interface ProposedChange {
  control: string;
  unit: string;
  from: number;
  to: number;
}

export interface ExpectedEffect {
  quantity: string;
  unit: string;
  without: number;
  with: number;
  with_low: number;
  with_high: number;
}

export interface Recommendation {
  id: number;
  decision: string;
  title: string;
  reason: string;
  changes: ProposedChange[];
  effects: ExpectedEffect[];
  confidence: number;
  evidence: string[];
  alternatives: string[];
  rank: number;
  expires: Time;
  horizon_s: number;
  version: string;
  made_at: Time;
  decided: { verdict: "approved" | "rejected" | "expired" | "withdrawn"; by: string; reason: string; at: Time } | null;
  measured: { effects: ExpectedEffect[]; inside_interval: boolean } | null;
}

export interface Command {
  id: number;
  control: string;
  value: number;
  asked: number;
  unit: string;
  reason: string;
  by: string;
  recommendation: number | null;
  issued: Time;
  expires: Time;
  admission: "admitted" | "reduced" | "refused";
  admission_reason: string;
  judged_at: Time;
  ended: {
    result: "confirmed" | "not confirmed" | "refused by plant" | "not sent";
    feedback: number;
    detail: string;
    at: Time;
  } | null;
}

/** What people and the decision stage work on: it changes rarely and comes whole. */
export interface Desk {
  alarms: Alarm[];
  recommendations: Recommendation[];
  commands: Command[];
}

/** Columns have one element a signal, in the plant's order; the others are by a signal's place there. */
export interface SnapshotColumns extends Desk {
  at: Time;
  known_at: Time;
  live: boolean;
  version: string;
  value: (number | null)[];
  age_ms: (number | null)[];
  grade: number[];
  causes: Record<string, string[]>;
  missing_since: Record<string, Time>;
}

export interface Trend {
  signal: string;
  unit: string;
  from: Time;
  until: Time;
  t: number[];
  min: (number | null)[];
  max: (number | null)[];
  mean: (number | null)[];
  first: (number | null)[];
  last: (number | null)[];
  count: number[];
  bad: number[];
}

export interface SimulatedSignal {
  signal: string | null;
  name: string;
  unit: string;
  mean: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

export interface Outcome {
  at: Time | null;
  times_s: number[];
  signals: SimulatedSignal[];
  indicators: { name: string; unit: string; mean: number | null; low: number | null; high: number | null }[];
  version: string;
  warnings: string[];
  findings: string[];
  draws: number;
}

/** The mean of the futures' differences with its 95 % interval, and what holds 90 % of the futures. */
export interface Difference {
  name: string;
  unit: string;
  mean: number | null;
  low: number | null;
  high: number | null;
  mean_low: number | null;
  mean_high: number | null;
}

export interface WhatIfAnswer extends Outcome {
  as_now: Outcome;
  differences: Difference[];
}

export interface WhatIfRun {
  id: number;
  by: string;
  state: "waiting" | "running" | "done" | "stopped" | "failed";
  done: number;
  of: number;
  error?: string;
  answer?: WhatIfAnswer;
}

export interface AuditEvent {
  known_at: Time;
  kind: string;
  body: Record<string, unknown>;
}

export interface LiveBelief {
  v: number | null;
  q: Grade;
  t: number | null;
  c?: string[];
  m?: number;
}

export type LiveMessage =
  | { type: "hello"; plant: string; version: string; at: Time }
  | ({ type: "delta"; at: Time; known_at: Time; signals: Record<string, LiveBelief> } & Partial<Desk>)
  | { type: "status"; status: Status };

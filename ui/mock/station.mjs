// The mock's past and present, as functions of time: nothing is stored but what people did. A strainer of line 1 clogs,
// pump 2 vibrates, one valve's position has gone missing, one current is stuck.
import { estimated, plant, shapes } from "./plant.mjs";

const kMinute = 60_000;
const started = Date.now();
export const oldest = started - 26 * 60 * kMinute;

const hash = (text) => [...text].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619) >>> 0, 2166136261);
function noise(path, step) {
  let x = (hash(path) ^ Math.imul(step, 2654435761)) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 2246822519) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 3266489917) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) / 2147483648 - 1;
}
const ramp = (t, from, until) => Math.min(1, Math.max(0, (t - from) / (until - from)));

// ---- what went wrong, when
const clog = { from: started - 9 * kMinute, full: started + 3 * kMinute };
const old = { from: started - 7 * 60 * kMinute, until: started - 6.6 * 60 * kMinute };
const shake = { from: started - 31 * kMinute };
const lost = { from: started - 40_000 };
const hole = { from: started - 22 * kMinute, until: started - 19 * kMinute }; // the link was down

/** How clogged line 1 is, 0 … 1. */
const clogging = (t) => ramp(t, clog.from, clog.full) * (1 - 0.75 * ramp(t, relief, relief + 90_000)) +
  0.8 * ramp(t, old.from, old.from + 10 * kMinute) * (1 - ramp(t, old.until - 2 * kMinute, old.until));
let relief = Number.MAX_SAFE_INTEGER; // when an approved command took effect

const kClogged = { "line_1.strainer_1.differential_pressure": 0.62, "line_1.pump_1.flow": -118, "line_1.pump_1.suction_pressure": -0.36,
  "line_1.pump_1.discharge_pressure": -0.42, "line_1.pump_1.current": -1.1, "line_1.pump_1.power": -0.7, "line_1.pump_1.vibration": 1.3,
  "line_1.pump_1.behaviour_score": 1.35, "line_1.pump_1.limits_score": 0.9, "line_1.pump_1.health": -0.44, "line_1.health": -0.44,
  health: -0.3, "tank_1.inflow": -104, "tank_1.level": -0.21 };
const kShaking = { "line_2.pump_2.vibration": 2.2, "line_2.pump_2.limits_score": 0.72, "line_2.pump_2.health": -0.13, "line_2.health": -0.13 };

const kEnd = 0.6; // bar, of a strainer's life

/** What the estimators say: the measured value and its recent slope carried on, the wider the further. */
function estimateAt({ kind, part, of, lead_s, horizon_s }, t) {
  const seen = valueAt(of, t), before = valueAt(of, t - 2 * kMinute);
  if (seen === null || before === null) return null;
  const slope = (seen - before) / 120, sign = { low: -1, high: 1 }[part] ?? 0;
  if (kind === "soft_sensor") return seen + shapes.get(of).noise * (0.6 * noise(of + kind, Math.floor(t / 1000)) + 2.5 * sign) + (of.startsWith("line_1") ? 14 * clogging(t) : 0);
  if (kind === "forecast") return seen + slope * lead_s * 0.8 + sign * 0.004 * Math.sqrt(lead_s);
  const left = slope > 2e-5 ? Math.max(0, Math.min(horizon_s, (kEnd - seen) / slope)) : horizon_s;
  if (part === "probability") return 1 / (1 + Math.exp((left - 2400) / 500));
  return Math.min(horizon_s, left * (1 + sign * 0.35)) / 86_400;
}

/** Value of a signal at `t`, or null when none came for that time. */
export function valueAt(path, t) {
  if (estimated.has(path)) return t < oldest || t > Date.now() ? null : estimateAt(estimated.get(path), Math.floor(t / 10_000) * 10_000);
  if (t < oldest || t > Date.now()) return null;
  if (t > hole.from && t < hole.until && path.startsWith("line_2")) return null;
  if (path === "line_2.valve_2.position" && t > lost.from) return null;
  const { base, noise: amplitude, period_s } = shapes.get(path);
  const step = Math.floor(t / (period_s * 1000));
  if (path === "line_2.pump_2.current" && t > started - 95_000) return 9.24;
  const daily = Math.sin((t / 86_400_000) * 2 * Math.PI) * (base > 5 ? 0.008 * base : 0);
  const setpoint = commanded.get(path);
  const shift = (kClogged[path] ?? 0) * clogging(t) + (kShaking[path] ?? 0) * ramp(t, shake.from, shake.from + 8 * kMinute);
  const target = setpoint && t > setpoint.at ? setpoint.from + (setpoint.to - setpoint.from) * ramp(t, setpoint.at, setpoint.at + 6000) : base;
  return target + daily + shift + amplitude * noise(path, step);
}

const iso = (t) => (t === null ? null : new Date(t).toISOString());

export function beliefAt(path, at) {
  const period = shapes.get(path).period_s * 1000;
  const last = Math.floor(at / period) * period;
  let t = last;
  if (valueAt(path, t) === null) {
    const edge = path === "line_2.valve_2.position" ? lost.from : path.startsWith("line_2") ? hole.from : null;
    t = edge === null ? null : Math.floor(edge / period) * period;
  }
  const value = t === null ? null : valueAt(path, t);
  const missing_since = value === null || t < last ? (t ?? oldest) + 5 * period : null;
  const stuck = path === "line_2.pump_2.current" && at > started - 35_000;
  const doubtful = path === "line_1.pump_1.flow_estimate" && clogging(at) > 0.5;
  const quality = missing_since !== null ? "missing" : stuck ? "bad" : doubtful ? "uncertain" : "good";
  const causes = missing_since !== null ? ["gap"] : stuck ? ["stuck"] : doubtful ? ["extrapolated"] : [];
  return { value, quality, causes, time: iso(t), known_at: iso(t === null ? null : t + 120), missing_since: iso(missing_since) };
}

export function trendOf(path, from, until, points) {
  const width = (until - from) / points;
  const period = shapes.get(path).period_s * 1000;
  const trend = { signal: path, unit: plant.signals.find((s) => s.path === path).unit, from: iso(from), until: iso(until),
    t: [], min: [], max: [], mean: [], first: [], last: [], count: [], bad: [] };
  for (let i = 0; i < points; ++i) {
    const start = from + i * width;
    const first = Math.ceil(start / period) * period;
    const available = Math.max(0, Math.ceil((start + width - first) / period));
    const values = [];
    for (let k = 0, n = Math.min(available, 6); k < n; ++k) {
      const value = valueAt(path, first + Math.floor((k * available) / n) * period);
      if (value !== null) values.push(Number(value.toPrecision(7)));
    }
    const some = values.length > 0;
    trend.t.push(Math.round(start));
    trend.min.push(some ? Math.min(...values) : null);
    trend.max.push(some ? Math.max(...values) : null);
    trend.mean.push(some ? values.reduce((a, b) => a + b, 0) / values.length : null);
    trend.first.push(values[0] ?? null);
    trend.last.push(values.at(-1) ?? null);
    trend.count.push(some ? available : 0);
    trend.bad.push(0);
  }
  return trend;
}

// ---- alarms, recommendations, commands: an event log and its fold, like the real thing
const log = [];
const commanded = new Map(); // path -> {from, to, at}
let nextId = 1;
const changed = new Set();
export const onChange = (listener) => (changed.add(listener), () => changed.delete(listener));
export function record(kind, body, at = Date.now()) {
  log.push({ known_at: at, kind, body });
  log.sort((a, b) => a.known_at - b.known_at);
  for (const listener of changed) listener();
}

function raise(at, asset, detector, name, priority, drivers, text, score = 1.6) {
  const alarm = nextId++;
  record("AlarmRaised", { alarm, asset, source: `${asset}.${detector}`, name, priority, cause: text[0], consequence: text[1],
    action: text[2], score, onset: iso(at - 9000), version: "sha-3f9a0c",
    nearest_normal: detector === "behaviour" ? iso(at - 5 * 60 * kMinute) : null, nearest_distance: detector === "behaviour" ? 4.2 : 0,
    drivers: drivers.map(([signal, contribution, value, expected]) => ({ signal: `${asset}.${signal}`, contribution, value, expected })) }, at);
  return alarm;
}

const kClogText = ["Flow and suction pressure leave what this pump did in training, together",
  "The pump runs towards cavitation; impeller damage within hours", "Check the strainer's differential pressure; lower the speed or clean the strainer"];
const kClogDrivers = [["suction_pressure", 0.46, -0.31, -0.08], ["flow", 0.33, 336, 412], ["vibration", 0.14, 2.6, 1.7], ["current", 0.07, 8.5, 9.2]];

function writeThePast() {
  const early = raise(old.from + 4 * kMinute, "line_1.pump_1", "cavitation", "cavitation", "critical",
    [["suction_pressure", 1, -0.47, -0.08]], ["suction_pressure < -0.45 bar for 5 s", "Impeller damage within hours", "Lower the speed or clean the strainer"]);
  record("AlarmAcknowledged", { alarm: early, by: "mira", note: "throttled by hand" }, old.from + 6 * kMinute);
  record("AlarmCleared", { alarm: early }, old.until);
  for (let i = 0; i < 5; ++i) {
    const at = started - (22 - i * 3.3) * 60 * kMinute;
    const blip = raise(at, i % 2 ? "line_2.pump_2" : "line_1.pump_1", "limits", "bearing temperature above its band", i === 3 ? "high" : "low",
      [["bearing_temperature", 1, 55.8, 49]], ["bearing_temperature above its learnt band", "", "Watch the trend; grease if it stays"], 1.05 + i / 10);
    record("AlarmCleared", { alarm: blip }, at + (4 + i * 5) * kMinute);
    if (i < 4) record("AlarmAcknowledged", { alarm: blip, by: "jon", note: "" }, at + 3 * kMinute);
  }
  const shaky = raise(shake.from + 9 * kMinute, "line_2.pump_2", "limits", "vibration above its band", "medium",
    [["vibration", 0.92, 3.9, 1.7], ["bearing_temperature", 0.08, 50.1, 49]],
    ["vibration above its learnt band for 60 s", "Bearing wear", "Listen at the bearing; plan a replacement"]);
  record("AlarmAcknowledged", { alarm: shaky, by: "jon", note: "maintenance asked" }, shake.from + 13 * kMinute);
  raise(clog.from + 3 * kMinute, "line_1.pump_1", "behaviour", "suction pressure and flow abnormal", "high", kClogDrivers, kClogText);
  raise(lost.from + 6000, "line_2.valve_2", "gap", "valve position missing", "low", [], ["nothing came for 5 s", "The valve's true position is not known", "Look at the sensor and its link"]);
  record("Trained", { subject: "line_1.pump_1.behaviour", version: "sha-3f9a0c", from: iso(oldest), until: iso(oldest + 45 * kMinute), rows: 2700,
    summary: "threshold 0.61 for 1 false alarm a week" }, oldest + 46 * kMinute);
  record("DriftFound", { subject: "line_1.pump_1.flow_by_power", drift: "residual", signal: "", statistic: 1, since: iso(started - 5 * kMinute), version: "sha-81c2",
    detail: "residuals have grown beyond their usual size of 2.41 (Page-Hinkley)", proposed_from: iso(started - 50 * kMinute), proposed_until: iso(started - 5 * kMinute) },
    started - 5 * kMinute);
  record("DriftFound", { subject: "line_2.pump_2.flow_by_power", drift: "inputs", signal: "line_2.pump_2.power", statistic: 2.3, since: iso(started - 25 * kMinute), version: "sha-81c2",
    detail: "stability index 0.58, limit 0.25", proposed_from: iso(started - 70 * kMinute), proposed_until: iso(started - 25 * kMinute) }, started - 25 * kMinute);
  record("RetrainAsked", { subject: "line_2.pump_2.flow_by_power", from: iso(started - 70 * kMinute), until: iso(started - 25 * kMinute), by: "mira" }, started - 24 * kMinute);
  record("Trained", { subject: "line_2.pump_2.flow_by_power", version: "sha-90aa", from: iso(started - 70 * kMinute), until: iso(started - 25 * kMinute), rows: 2700,
    summary: "off by 2.2 l/min (root mean square)" }, started - 23.9 * kMinute);
  record("AlarmLabelled", { alarm: early, truth: "real", cause: "leaves in the intake", by: "mira" }, old.until + kMinute);
  record("Notice", { component: "plant", text: "link lost: connection refused; back after 3 min" }, hole.until);
}

function recommend() {
  const speed = valueAt("line_1.pump_1.speed_setpoint", Date.now());
  const effect = (quantity, unit, without, wth, low, high) => ({ quantity, unit, without, with: wth, with_low: low, with_high: high });
  const base = { decision: "keep_flow", confidence: 0.93, horizon_s: 600, version: "sim-77ab12",
    expires: iso(Date.now() + 5 * kMinute), reason: "Line 1's strainer clogs: suction pressure nears cavitation. A lower speed keeps it above −0.4 bar; line 2 makes up the flow.",
    evidence: ["Alarm: suction pressure and flow abnormal, score 1.6", "Strainer differential pressure 0.08 → 0.55 bar in 8 min", "64 simulated futures; aim met in 60"],
    alternatives: ["Raise line 2 to 1520 rpm alone: suction pressure of line 1 unchanged", "Open valve 1 to 85 %: suction pressure −0.05 bar lower"] };
  record("RecommendationMade", { ...base, recommendation: nextId++, rank: 1, title: `Lower pump_1.speed_setpoint from ${Math.round(speed)} to 1240 rpm`,
    changes: [{ control: "line_1.pump_1.speed_setpoint", unit: "rpm", from: Math.round(speed), to: 1240 }],
    effects: [effect("line_1.pump_1.suction_pressure", "bar", -0.46, -0.19, -0.24, -0.15), effect("energy_per_volume", "kWh/m3", 0.192, 0.171, 0.166, 0.178),
      effect("tank_1.level", "m", 1.92, 1.86, 1.79, 1.93)] });
  record("RecommendationMade", { ...base, recommendation: nextId++, rank: 2, confidence: 0.71, title: "Throttle valve_1.setpoint from 72 to 58 %",
    changes: [{ control: "line_1.valve_1.setpoint", unit: "%", from: 72, to: 58 }],
    effects: [effect("line_1.pump_1.suction_pressure", "bar", -0.46, -0.31, -0.39, -0.24), effect("energy_per_volume", "kWh/m3", 0.192, 0.205, 0.197, 0.214)],
    evidence: base.evidence.slice(0, 2), alternatives: [] });
}

export const eventsUntil = (t) => log.filter((e) => e.known_at <= t);

/** Alarms, recommendations and commands as of `at`: the fold. */
export function deskAt(at) {
  const alarms = new Map(), recommendations = new Map(), commands = new Map();
  for (const { known_at, kind, body } of eventsUntil(at)) {
    const t = iso(known_at), alarm = alarms.get(body.alarm), rec = recommendations.get(body.recommendation);
    if (kind === "AlarmRaised") {
      const { alarm: id, ...rest } = body;
      alarms.set(id, { id, ...rest, raised_at: t, cleared_at: null, acknowledged_at: null, acknowledged_by: "", shelved_until: null, shelved_by: "", shelve_reason: "", label: null });
    } else if (kind === "AlarmLabelled") alarm.label = { truth: body.truth, cause: body.cause, by: body.by };
    else if (kind === "AlarmAcknowledged") Object.assign(alarm, { acknowledged_at: t, acknowledged_by: body.by });
    else if (kind === "AlarmCleared") alarm.cleared_at = t;
    else if (kind === "AlarmShelved") Object.assign(alarm, { shelved_until: body.until, shelved_by: body.by, shelve_reason: body.reason });
    else if (kind === "AlarmUnshelved") Object.assign(alarm, { shelved_until: null, shelved_by: "", shelve_reason: "" });
    else if (kind === "RecommendationMade") {
      const { recommendation: id, ...rest } = body;
      recommendations.set(id, { id, ...rest, made_at: t, decided: null, measured: null });
    } else if (kind === "RecommendationDecided") rec.decided = { verdict: body.verdict, by: body.by, reason: body.reason, at: t };
    else if (kind === "RecommendationMeasured") rec.measured = { effects: body.effects, inside_interval: body.inside_interval };
    else if (kind === "CommandJudged") commands.set(body.command.id, { ...body.command, asked: body.asked, admission: body.admission, admission_reason: body.reason, judged_at: t, ended: null });
    else if (kind === "CommandEnded") commands.get(body.command).ended = { result: body.result, feedback: body.feedback, detail: body.detail, at: t };
  }
  return { alarms: [...alarms.values()], recommendations: [...recommendations.values()], commands: [...commands.values()] };
}

/** Which alarms to label next: the newest of every source that nobody labelled, nearest the threshold first. */
export function suggestedAt(at) {
  const sources = new Map();
  for (const alarm of deskAt(at).alarms) sources.set(alarm.source, [...(sources.get(alarm.source) ?? []), alarm]);
  return [...sources.values()].filter((all) => all.every((a) => a.label === null)).map((all) => {
    const [newest] = all.slice(-1);
    const reasons = ["nothing like it was labelled yet", ...(all.length > 1 ? [`${newest.source} raised ${all.length} of the alarms that are listed`] : [])];
    if (newest.score < 1.4) reasons.unshift(`its score of ${newest.score.toFixed(2)} is near the threshold, 1: the detector is least certain there`);
    return { alarm: newest.id, worth: 1 / newest.score, reasons };
  }).sort((a, b) => b.worth - a.worth).slice(0, 10);
}

/** Sends a recommendation's changes; the plant answers after a while. */
export function approve(recommendation, by) {
  record("RecommendationDecided", { recommendation: recommendation.id, verdict: "approved", by, reason: "" });
  const ids = recommendation.changes.map((change) => {
    const command = { id: nextId++, control: change.control, value: change.to, unit: change.unit, reason: recommendation.title, by,
      recommendation: recommendation.id, issued: iso(Date.now()), expires: iso(Date.now() + 30_000) };
    record("CommandJudged", { command, asked: change.to, admission: "admitted", reason: "within the envelope" });
    const feedback = plant.controls.find((c) => c.path === change.control).feedback;
    for (const path of [change.control, feedback]) commanded.set(path, { from: change.from, to: change.to, at: Date.now() });
    if (change.control === "line_1.pump_1.speed_setpoint") relief = Date.now() + 4000;
    setTimeout(() => record("CommandEnded", { command: command.id, result: "confirmed", feedback: change.to + 3, detail: "feedback reached it in 6.1 s" }), 6000).unref();
    return command.id;
  });
  setTimeout(() => record("RecommendationMeasured", { recommendation: recommendation.id, inside_interval: true,
    effects: recommendation.effects.map((e) => ({ ...e, with: e.with + (e.with_high - e.with) * 0.4 })) }), 14_000).unref();
  return ids;
}

export function keepTime() {
  const now = Date.now();
  const open = deskAt(now).recommendations.filter((r) => r.decided === null);
  for (const r of open) if (Date.parse(r.expires) < now) record("RecommendationDecided", { recommendation: r.id, verdict: "expired", by: "expiry", reason: "" });
  if (open.length === 0 && now < relief) recommend();
}

writeThePast();
keepTime();

// The mock's plant: the demo station's assets as GET /api/v1/plant describes them.

const limits = (low, high) => ({ low, high });

//                name                   unit    range        normal        base  noise
const strainer = [["differential_pressure", "bar", [-0.1, 2], [0.04, 0.12], 0.08, 0.004]];
const pump = [
  ["flow", "l/min", [-5, 600], [395, 430], 412, 2.4],
  ["suction_pressure", "bar", [-1, 3], [-0.2, 0.05], -0.08, 0.008],
  ["discharge_pressure", "bar", [-1, 10], [2.5, 2.9], 2.71, 0.012],
  ["speed", "rpm", [0, 3600], [1440, 1460], 1450, 1.5],
  ["speed_setpoint", "rpm", [0, 3600], null, 1450, 0],
  ["current", "A", [0, 40], [8.6, 9.9], 9.2, 0.06],
  ["power", "kW", [0, 15], [3.8, 4.6], 4.21, 0.03],
  ["motor_temperature", "degC", [-20, 180], [58, 68], 63, 0.12],
  ["bearing_temperature", "degC", [-20, 150], [44, 54], 49, 0.1],
  ["vibration", "mm/s", [0, 50], [1.2, 2.4], 1.7, 0.12],
];
const valve = [
  ["position", "%", [0, 100], null, 72, 0.08],
  ["setpoint", "%", [0, 100], null, 72, 0],
];
const tank = [
  ["level", "m", [0, 3.5], [1.6, 2.8], 2.18, 0.002],
  ["inflow", "l/min", [0, 1000], [780, 860], 822, 3],
  ["demand", "l/min", [0, 1000], null, 815, 3.5],
];
const site = [
  ["ambient_temperature", "degC", [-40, 60], null, 11.4, 0.03],
  ["mode", "", [null, null], null, 1, 0, ["local", "remote"]],
];

export const shapes = new Map(); // path -> {base, noise, period_s}
export const estimated = new Map(); // path -> what it says of which signal

const assets = [];
const signals = [];
const controls = [];
const detectors = [];
const estimators = [];

function addAsset(path, type, serial = "", health = false, description = "") {
  const parent = path === "" ? null : path.split(".").slice(0, -1).join(".");
  const healthPath = health ? `${path ? path + "." : ""}health` : null;
  assets.push({ path, parent, name: path === "" ? "riverside" : path.split(".").at(-1), type, serial, description,
    location: path === "" ? { latitude: 48.21, longitude: 16.37 } : null, health: healthPath });
  if (healthPath) addSignal(path, ["health", "", [0, 1], null, 0.97, 0.004], "health");
}

function addSignal(asset, [name, unit, range, normal, base, noise, states = []], role = "measured", of = null, part = "middle", lead_s = 0) {
  const path = asset ? `${asset}.${name}` : name;
  const period_s = name === "ambient_temperature" ? 10 : 1;
  signals.push({ path, asset, name, description: "", role, of, part, lead_s, unit, states, range: limits(...range),
    normal: normal && limits(...normal), period_s, gap_s: period_s * 5 });
  shapes.set(path, { base, noise, period_s });
}

/** An estimator with the signals that it writes, one set a lead; see valueAt for what they say. */
function addEstimator(asset, name, kind, of, unit, { from = [], leads = [0], ends = null, horizon_s = 0 } = {}) {
  const path = `${asset}.${name}`, speaksOf = `${asset}.${of}`, outputs = [];
  for (const lead_s of leads) {
    const stem = lead_s ? `${name}.${lead_s / 60}min` : name;
    const write = (suffix, part, itsUnit = unit) => {
      addSignal(asset, [stem + suffix, itsUnit, [null, null], null, 0, 0], kind, speaksOf, part, lead_s);
      estimated.set(`${asset}.${stem}${suffix}`, { kind, part, of: speaksOf, lead_s, horizon_s });
      return `${asset}.${stem}${suffix}`;
    };
    outputs.push({ lead_s, middle: write("", "middle"), low: write(".low", "low"), high: write(".high", "high"),
      probability: kind === "life" ? write(".fails_before_stop", "probability", "") : null });
  }
  estimators.push({ path, asset, name, kind, of: speaksOf, from: from.map((s) => `${asset}.${s}`), coverage: 0.9, ends, horizon_s, outputs });
}

function addControl(asset, name, unit, range, rate, feedback) {
  controls.push({ path: `${asset}.${name}`, asset, name, description: "", unit, range: limits(...range), rate_limit_per_s: rate,
    feedback: `${asset}.${feedback}`, feedback_tolerance: unit === "rpm" ? 25 : 1, interlocks: ["site.mode == remote"],
    expiry_s: 30, autonomy: "approve", bound: true });
}

function addDetector(asset, name, kind, of, priority, action) {
  const score = kind === "rule" ? null : `${asset}.${name}_score`;
  if (score) addSignal(asset, [`${name}_score`, "", [0, null], null, 0.42, 0.05], "score");
  detectors.push({ path: `${asset}.${name}`, asset, name, kind, signals: of.map((s) => `${asset}.${s}`), score, priority, action });
}

addAsset("", "", "", true);
addAsset("site", "");
for (const s of site) addSignal("site", s);
for (const n of [1, 2]) {
  const line = `line_${n}`;
  addAsset(line, "", "", true);
  addAsset(`${line}.strainer_${n}`, "Strainer");
  for (const s of strainer) addSignal(`${line}.strainer_${n}`, s);
  addEstimator(`${line}.strainer_${n}`, "mesh", "life", "differential_pressure", "d", { ends: "differential_pressure > 0.6 bar", horizon_s: 7200 });
  const p = `${line}.pump_${n}`;
  addAsset(p, "CentrifugalPump", n === 1 ? "KSB-0417" : "KSB-0418", true, "Lifts river water into the tank");
  for (const s of pump) addSignal(p, s);
  for (const [name, unit, range, , base] of [pump[0], pump[5]]) {
    addSignal(p, [`${name}_estimate`, unit, range, null, base, 0.1], "estimate", `${p}.${name}`);
  }
  addEstimator(p, "flow_by_power", "soft_sensor", "flow", "l/min", { from: ["power", "speed", "suction_pressure", "discharge_pressure"] });
  addControl(p, "speed_setpoint", "rpm", [900, 1800], 10, "speed");
  addDetector(p, "behaviour", "isolation_forest", ["flow", "suction_pressure", "discharge_pressure", "current",
    "motor_temperature", "bearing_temperature", "vibration"], "high",
    "Compare the signals named with their expected values; look at the strainer, the valve and the bearing.");
  addDetector(p, "limits", "robust_limits", ["flow", "suction_pressure", "vibration", "bearing_temperature"], "medium", "");
  addDetector(p, "cavitation", "rule", ["suction_pressure"], "critical", "Lower the speed or clean the strainer");
  addAsset(`${line}.valve_${n}`, "ControlValve");
  for (const s of valve) addSignal(`${line}.valve_${n}`, s);
  addControl(`${line}.valve_${n}`, "setpoint", "%", [10, 100], 5, "position");
}
addAsset("tank_1", "Tank");
for (const s of tank) addSignal("tank_1", s);
addEstimator("tank_1", "level_ahead", "forecast", "level", "m", { leads: [120, 300, 600] });

const connections = [1, 2].flatMap((n) => [
  [`line_${n}.strainer_${n}`, "outlet", `line_${n}.pump_${n}`, "inlet"],
  [`line_${n}.pump_${n}`, "outlet", `line_${n}.valve_${n}`, "inlet"],
  [`line_${n}.valve_${n}`, "outlet", "tank_1", "inlet"],
]).map(([from_asset, outlet, to_asset, inlet]) =>
  ({ from: `${from_asset}.${outlet}`, to: `${to_asset}.${inlet}`, from_asset, to_asset, kind: "pipe" }));

export const plant = {
  name: "riverside", version: "mock-1", assets, signals, controls, connections, detectors, estimators,
  simulators: [{ name: "station", asset: "", kind: "pump_station",
    signals: ["line_1.pump_1.flow", "line_1.pump_1.suction_pressure", "line_1.pump_1.power", "tank_1.level"],
    controls: controls.map((c) => c.path) }],
  decisions: [{ name: "keep_flow", description: "Keep the tank filled with the least energy", maximise: false,
    objective: "energy_per_volume", by: controls.map((c) => c.path),
    subject_to: ["line_1.pump_1.suction_pressure > -0.4 bar", "tank_1.level > 1.2 m"], autonomy: "approve", horizon_s: 600 }],
};

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alarm, Plant, Priority } from "../api/types";
import { byUrgency, PlantIndex, stateOf, troubles } from "./plant_index";

let next = 1;
function alarm(asset: string, priority: Priority, marks: Partial<Alarm> = {}): Alarm {
  return { id: next++, asset, source: "", name: "", priority, cause: "", consequence: "", action: "", score: 1, drivers: [], onset: "", version: "",
    raised_at: `t${next}`, cleared_at: null, acknowledged_at: null, acknowledged_by: "", shelved_until: null, shelved_by: "", shelve_reason: "",
    nearest_normal: null, nearest_distance: 0, label: null, ...marks };
}
const asset = (path: string, parent: string | null) => ({ path, parent, name: path, type: "", serial: "", description: "", location: null, health: null });
const plant = (extra: Partial<Plant> = {}): Plant => ({ name: "p", version: "1", assets: [asset("", null), asset("line", ""), asset("line.pump", "line"), asset("tank", "")],
  signals: [], controls: [], connections: [], detectors: [], estimators: [], simulators: [], decisions: [], ...extra });

test("an alarm ends when it is both cleared and acknowledged", () => {
  assert.equal(stateOf(alarm("a", "low")), "unacknowledged");
  assert.equal(stateOf(alarm("a", "low", { acknowledged_at: "t" })), "acknowledged");
  assert.equal(stateOf(alarm("a", "low", { cleared_at: "t" })), "cleared");
  assert.equal(stateOf(alarm("a", "low", { shelved_until: "t" })), "shelved");
  assert.equal(stateOf(alarm("a", "low", { cleared_at: "t", acknowledged_at: "t", shelved_until: "t" })), "ended");
});

test("the most urgent comes first: unseen before seen, then priority, then the newest", () => {
  const seen = alarm("a", "critical", { acknowledged_at: "t" });
  const low = alarm("a", "low");
  const older = alarm("a", "high", { raised_at: "t1" });
  const newer = alarm("a", "high", { raised_at: "t2" });
  assert.deepEqual([seen, low, older, newer].sort(byUrgency), [newer, older, low, seen]);
});

test("trouble rises through the tree; shelved and cleared alarms do not", () => {
  const index = new PlantIndex(plant());
  const found = troubles(index, [alarm("line.pump", "medium", { acknowledged_at: "t" }), alarm("line", "high"), alarm("tank", "critical", { shelved_until: "t" }),
    alarm("tank", "critical", { cleared_at: "t" })]);
  assert.deepEqual(found.get(""), { worst: "high", count: 2, unacknowledged: 1 });
  assert.deepEqual(found.get("line.pump"), { worst: "medium", count: 1, unacknowledged: 0 });
  assert.equal(found.get("tank"), undefined);
});

test("a control's set point is found under its own name or beside it, never mistaken for its feedback", () => {
  const signal = (path: string) => ({ path, asset: "line.pump", name: path.split(".").at(-1), role: "measured", of: null }) as unknown as Plant["signals"][number];
  const control = (name: string, feedback: string) => ({ path: `line.pump.${name}`, asset: "line.pump", name, feedback }) as unknown as Plant["controls"][number];
  const index = new PlantIndex(plant({ signals: ["line.pump.speed", "line.pump.speed_setpoint", "line.pump.position", "line.pump.setpoint"].map(signal),
    controls: [control("speed_setpoint", "line.pump.speed"), control("position", "line.pump.position")] }));
  assert.equal(index.setpointFor("line.pump.speed"), "line.pump.speed_setpoint");
  assert.equal(index.setpointFor("line.pump.position"), "line.pump.setpoint");
  assert.equal(index.setpointFor("line.pump.setpoint"), null);
});

test("a soft sensor is no simulator's estimate, and a life has no range of the signal that ends it", () => {
  const signal = (path: string, extra: object) => ({ path, asset: "line.pump", role: "measured", of: null, unit: "bar", range: { low: null, high: null }, ...extra }) as unknown as Plant["signals"][number];
  const estimator = (path: string, of: string) => ({ path, asset: "line.pump", of, outputs: [] }) as unknown as Plant["estimators"][number];
  const index = new PlantIndex(plant({ signals: [signal("dp", { range: { low: 0, high: 2 } }), signal("dp_virtual", { role: "soft_sensor", of: "dp" }),
    signal("mesh", { role: "life", of: "dp", unit: "d" })], estimators: [estimator("line.pump.mesh", "dp"), estimator("line.pump.dp_virtual", "dp")] }));
  assert.equal(index.estimateOf("dp"), undefined);
  assert.deepEqual(index.signal("dp_virtual")?.range, { low: 0, high: 2 });
  assert.deepEqual(index.signal("mesh")?.range, { low: null, high: null });
  assert.equal(index.estimatorsFor("dp").length, 2);
  assert.equal(index.estimatorsOf("line.pump").length, 2);
});

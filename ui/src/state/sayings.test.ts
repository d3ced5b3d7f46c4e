import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../api/types";
import { assetOf, sayEvent } from "./sayings";

const event = (kind: string, body: Record<string, unknown>): AuditEvent => ({ known_at: "2025-11-22T02:00:00.000Z", kind, body });

test("a label says what the alarm was, why, and who said so", () => {
  const said = sayEvent(event("AlarmLabelled", { alarm: 7, truth: "false", cause: "pump was being flushed", by: "Mira" }));
  assert.deepEqual(said, { title: "Alarm 7 was a false alarm", detail: "pump was being flushed", asset: "", by: "Mira" });
  assert.equal(sayEvent(event("AlarmLabelled", { alarm: 7, truth: "real", cause: "", by: "" })).title, "Alarm 7 was real");
});

test("a drift names what learnt, what changed, and on which signal", () => {
  const drift = event("DriftFound", { subject: "line_1.pump_1.flow_by_power", drift: "inputs", signal: "line_1.pump_1.suction_pressure", detail: "stability index 3.1" });
  const said = sayEvent(drift);
  assert.equal(said.title, "Pump 1 › Flow by power: what it goes by is no longer as it was when it learnt");
  assert.equal(said.detail, "Suction pressure: stability index 3.1");
  assert.equal(assetOf(drift, () => ""), "line_1.pump_1");
  assert.match(sayEvent(event("DriftFound", { ...drift.body, drift: "residual", signal: "" })).detail, /^stability index/);
});

test("a wish to learn again names the stretch and who wished it", () => {
  const said = sayEvent(event("RetrainAsked", { subject: "tank_1.level_ahead", from: "2025-11-22T01:00:00.000Z", until: "2025-11-22T01:45:00.000Z", by: "Jon" }));
  assert.equal(said.title, "Tank 1 › Level ahead is to learn again");
  assert.match(said.detail, /^from .*:00:00 to .*:45:00$/);
  assert.deepEqual([said.asset, said.by], ["tank_1", "Jon"]);
});

test("an event of a kind that is not known is shown as it came", () => assert.equal(sayEvent(event("Surprise", { a: 1 })).detail, '{"a":1}'));

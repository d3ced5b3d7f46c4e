import assert from "node:assert/strict";
import { test } from "node:test";
import type { Estimator } from "../api/types";
import { chanceText, fanOf, intervalOf, lifeRangeText, lifeText, lifeUnit, pathsOf, roomAhead } from "./estimates";

const kMinute = 60_000;
const kNow = Date.parse("2025-11-22T02:00:00.000Z");
const output = (lead_s: number, name: string) => ({ lead_s, middle: name, low: `${name}.low`, high: `${name}.high`, probability: null });
const forecast: Estimator = { path: "tank.ahead", asset: "tank", name: "ahead", kind: "forecast", of: "level", from: [], coverage: 0.9, ends: null, horizon_s: 0,
  outputs: [output(600, "ten"), output(120, "two")] };
const values: Record<string, number> = { level: 2, two: 1.9, "two.low": 1.8, "two.high": 2, ten: 1.5, "ten.low": 1.1, "ten.high": 1.9 };
const read = (path: string) => ({ value: values[path] ?? null, time: path in values ? kNow - 1000 : null });

test("a forecast opens from what is measured to its leads in their order", () => {
  const fan = fanOf(forecast, read, kNow, 15 * kMinute);
  assert.deepEqual(fan, { t: [kNow - 1000, kNow - 1000 + 2 * kMinute, kNow - 1000 + 10 * kMinute], middle: [2, 1.9, 1.5], low: [2, 1.8, 1.1], high: [2, 2, 1.9] });
});

test("leads beyond the room are left out; without any, or without a measured value, there is no fan", () => {
  assert.equal(fanOf(forecast, read, kNow, 5 * kMinute)?.t.length, 2);
  assert.equal(fanOf(forecast, read, kNow, kMinute), null);
  assert.equal(fanOf(forecast, (path) => (path === "level" ? { value: null, time: null } : read(path)), kNow, 15 * kMinute), null);
});

test("a forecast that was made too long ago to look past now is not drawn", () => {
  const old = (path: string) => ({ ...read(path), time: kNow - (path === "level" ? 1000 : 20 * kMinute) });
  assert.equal(fanOf(forecast, old, kNow, 15 * kMinute), null);
});

test("a lead without an interval is drawn as a line", () => {
  const bare = (path: string) => (/low|high/.test(path) ? { value: null, time: null } : read(path));
  assert.deepEqual(fanOf(forecast, bare, kNow, 15 * kMinute)?.low, [2, 1.9, 1.5]);
});

test("the room ahead is that of the farthest lead that takes no more than half of the trend", () => {
  assert.equal(roomAhead([forecast], 60 * kMinute), 10 * kMinute);
  assert.equal(roomAhead([forecast], 5 * kMinute), 2 * kMinute);
  assert.equal(roomAhead([forecast], kMinute), 0);
  assert.equal(roomAhead([], 60 * kMinute), 0);
});

test("an interval needs its middle, not its ends", () => {
  assert.deepEqual(intervalOf(output(0, "two"), read), { middle: 1.9, low: 1.8, high: 2 });
  assert.equal(intervalOf(output(0, "nothing"), read), null);
  assert.equal(intervalOf(undefined, read), null);
  assert.deepEqual(pathsOf({ ...forecast, outputs: [{ ...output(0, "two"), low: null }] }), ["two", "two.high"]);
});

test("a life at its horizon is more than that, and no life is known to the minute", () => {
  const twoHours = 7200;
  assert.equal(lifeText(1 / 12, twoHours), "more than 2 h");
  assert.equal(lifeText(5, twoHours), "more than 2 h");
  assert.equal(lifeText(0.05, twoHours), "72 min");
  assert.equal(lifeText(0.09, 86_400), "2.2 h");
  assert.equal(lifeText(23.4 / 1440, twoHours), "23 min");
  assert.equal(lifeText(0, twoHours), "none");
  assert.equal(lifeText(33.3, 90 * 86_400), "33 d");
  assert.equal(lifeText(90, 90 * 86_400), "more than 90 d");
  assert.equal(lifeRangeText(0.01, 5, twoHours), "14 min … more than 2 h");
  assert.equal(lifeRangeText(5, 5, twoHours), "more than 2 h");
});

test("lives are drawn in a unit that fits the horizon", () => {
  assert.deepEqual(lifeUnit(7200), { unit: "min", perDay: 1440 });
  assert.deepEqual(lifeUnit(86_400), { unit: "h", perDay: 24 });
  assert.deepEqual(lifeUnit(90 * 86_400), { unit: "d", perDay: 1 });
});

test("no chance is told as certain", () => {
  assert.equal(chanceText(0), "less than 1 %");
  assert.equal(chanceText(0.123), "12 %");
  assert.equal(chanceText(1), "more than 99 %");
});

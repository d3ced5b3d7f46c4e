import assert from "node:assert/strict";
import { test } from "node:test";
import { ageText, bytesText, countdownText, numberText, pathText, unitText, valueText } from "./words";

test("numbers show what the range can tell apart, and no more", () => {
  assert.equal(numberText(412.34, { low: -5, high: 600 }), "412");
  assert.equal(numberText(-0.0814, { low: -1, high: 3 }), "−0.081");
  assert.equal(numberText(63.14, { low: -20, high: 180 }), "63.1");
  assert.equal(numberText(1450, { low: 900, high: 1800 }), "1450");
});

test("a rounded zero has no sign", () => assert.equal(numberText(-0.0001, { low: -1, high: 3 }), "0.000"));

test("an enumeration is told by its state, a missing value by a dash", () => {
  const mode = { states: ["local", "remote"], range: { low: null, high: null } } as Parameters<typeof valueText>[0];
  assert.equal(valueText(mode, 1), "remote");
  assert.equal(valueText(mode, 7), "state 7");
  assert.equal(valueText(mode, null), "–");
});

test("ages and countdowns", () => {
  assert.equal(ageText(-5), "0 s");
  assert.equal(ageText(59_999), "59 s");
  assert.equal(ageText(60_000), "1 min");
  assert.equal(ageText(2 * 3_600_000 + 5 * 60_000), "2 h 5 min");
  assert.equal(ageText(26 * 3_600_000), "1 d 2 h");
  assert.equal(countdownText(61_200), "1:02");
  assert.equal(countdownText(-1), "0:00");
});

test("names, units and sizes", () => {
  assert.equal(pathText("line_1.pump_1.suction_pressure"), "Line 1 › Pump 1 › Suction pressure");
  assert.equal(pathText(""), "Plant");
  assert.equal(unitText("degC"), "°C");
  assert.equal(bytesText(999), "999 B");
  assert.equal(bytesText(6_100_000), "6.10 MB");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../api/types";
import { answerTo, proposalOf } from "./learning";

const event = (kind: string, minute: number, body: Record<string, unknown> = {}): AuditEvent =>
  ({ known_at: `2025-11-22T02:${String(minute).padStart(2, "0")}:00.000Z`, kind, body: { subject: "pump.flow_by_power", ...body } });
const kStretch = { proposed_from: "2025-11-22T01:00:00.000Z", proposed_until: "2025-11-22T02:00:00.000Z", detail: "residuals have grown" };

test("a drift proposes the stretch that it names", () => {
  assert.deepEqual(proposalOf(event("DriftFound", 0, kStretch)),
    { subject: "pump.flow_by_power", from: kStretch.proposed_from, until: kStretch.proposed_until, detail: "residuals have grown" });
});

test("nothing is proposed by other events, without a stretch, or with one that ends before it begins", () => {
  assert.equal(proposalOf(event("Trained", 0, kStretch)), null);
  assert.equal(proposalOf(event("DriftFound", 0)), null);
  assert.equal(proposalOf(event("DriftFound", 0, { ...kStretch, proposed_from: "1970-01-01T00:00:00.000Z" })), null);
  assert.equal(proposalOf(event("DriftFound", 0, { ...kStretch, proposed_until: kStretch.proposed_from })), null);
});

test("a drift is answered by what its own subject did after it", () => {
  const drift = event("DriftFound", 5, kStretch);
  const trained = event("Trained", 9), asked = event("RetrainAsked", 8);
  assert.equal(answerTo(drift, [drift]), null);
  assert.equal(answerTo(drift, [asked, drift]), "asked");
  assert.equal(answerTo(drift, [trained, asked, drift]), "learnt");
  assert.equal(answerTo(drift, [event("Trained", 4), drift]), null);
  assert.equal(answerTo(drift, [event("Trained", 9, { subject: "tank.level_ahead" }), drift]), null);
});

// What was noticed about what was learnt: drifts, the stretches proposed to learn from again, and whether somebody did.

import type { AuditEvent } from "../api/types";

export interface Proposal {
  subject: string;
  from: string;
  until: string;
  detail: string;
}

/** The stretch that a drift's event proposes to learn from again; null for other events, and where it proposes none. */
export function proposalOf({ kind, body }: AuditEvent): Proposal | null {
  if (kind !== "DriftFound") return null;
  const [from, until] = [String(body["proposed_from"] ?? ""), String(body["proposed_until"] ?? "")];
  if (!(Date.parse(from) > 0) || !(Date.parse(until) > Date.parse(from))) return null;
  return { subject: String(body["subject"]), from, until, detail: String(body["detail"] ?? "") };
}

export type Answer = "asked" | "learnt" | null;

/** Whether the subject of a drift was asked to learn again since, or did. `events` in any order. */
export function answerTo(drift: AuditEvent, events: AuditEvent[]): Answer {
  const since = events.filter((e) => e.body["subject"] === drift.body["subject"] && e.known_at > drift.known_at);
  if (since.some((e) => e.kind === "Trained")) return "learnt";
  return since.some((e) => e.kind === "RetrainAsked") ? "asked" : null;
}

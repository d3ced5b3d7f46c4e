// An event of the audit trail in words.

import type { AuditEvent, Command, Driver } from "../api/types";
import { clockText, dayText, nameText, numberText, shortPathText, timeText, unitText } from "./words";

type Body = Record<string, unknown>;
const text = (body: Body, name: string) => String(body[name] ?? "");
const number = (body: Body, name: string) => Number(body[name]);

/** What an event is about, and what it says. */
export interface Saying {
  title: string;
  detail: string;
  asset: string;
  by: string;
}

const saying = (title: string, detail = "", asset = "", by = ""): Saying => ({ title, detail, asset, by });

const kTruths: Record<string, string> = { real: "was real", false: "was a false alarm", unknown: "could not be told real or false" };
const kDrifts: Record<string, string> = {
  inputs: "what it goes by is no longer as it was when it learnt",
  residual: "it is off by more than it was when it learnt",
  coverage: "its intervals hold too little of what is measured",
};
const above = (path: string) => path.split(".").slice(0, -1).join(".");
const stretchText = (from: string, until: string) => `${dayText(Date.parse(from))} ${clockText(Date.parse(from))} to ${timeText(Date.parse(until), Date.parse(from))}`;

function sayDrift(body: Body): Saying {
  const subject = text(body, "subject");
  const drift = text(body, "drift");
  const signal = text(body, "signal");
  const title = `${shortPathText(subject)}: ${kDrifts[drift] ?? drift}`;
  return saying(title, [signal && nameText(signal.split(".").at(-1) ?? ""), text(body, "detail")].filter(Boolean).join(": "), above(subject));
}

export function sayEvent({ kind, body }: AuditEvent): Saying {
  switch (kind) {
    case "AlarmRaised": {
      const drivers = ((body["drivers"] ?? []) as Driver[]).map((d) => nameText(d.signal.split(".").at(-1) ?? "").toLowerCase());
      return saying(`Alarm ${number(body, "alarm")}: ${text(body, "name")}`, drivers.length ? `driven by ${drivers.join(", ")}` : text(body, "cause"), text(body, "asset"));
    }
    case "AlarmUpdated": return saying(`Alarm ${number(body, "alarm")} is now: ${text(body, "name")}`, `score ${number(body, "score").toFixed(2)}`);
    case "AlarmAcknowledged": return saying(`Alarm ${number(body, "alarm")} acknowledged`, text(body, "note"), "", text(body, "by"));
    case "AlarmShelved": return saying(`Alarm ${number(body, "alarm")} shelved`, text(body, "reason"), "", text(body, "by"));
    case "AlarmUnshelved": return saying(`Alarm ${number(body, "alarm")} back from the shelf`, "", "", text(body, "by"));
    case "AlarmCleared": return saying(`Alarm ${number(body, "alarm")} cleared`);
    case "AlarmLabelled": return saying(`Alarm ${number(body, "alarm")} ${kTruths[text(body, "truth")] ?? text(body, "truth")}`, text(body, "cause"), "", text(body, "by"));
    case "RecommendationMade": return saying(`Recommended: ${text(body, "title")}`, text(body, "reason"));
    case "RecommendationDecided": return saying(`Recommendation ${number(body, "recommendation")} ${text(body, "verdict")}`, text(body, "reason"), "", text(body, "by"));
    case "RecommendationMeasured":
      return saying(`Outcome of recommendation ${number(body, "recommendation")}`, body["inside_interval"] ? "inside its predicted interval" : "outside its predicted interval");
    case "CommandJudged": {
      const command = body["command"] as Command;
      return saying(`Command ${command.id} ${text(body, "admission")}: ${shortPathText(command.control)} to ${numberText(command.value)} ${unitText(command.unit)}`, text(body, "reason"), command.control.split(".").slice(0, -1).join("."), command.by);
    }
    case "CommandEnded": return saying(`Command ${number(body, "command")} ${text(body, "result")}`, text(body, "detail"));
    case "Trained": return saying(`Trained: ${text(body, "subject")}`, `${number(body, "rows")} rows, ${text(body, "summary")}`);
    case "DriftFound": return sayDrift(body);
    case "RetrainAsked":
      return saying(`${shortPathText(text(body, "subject"))} is to learn again`, `from ${stretchText(text(body, "from"), text(body, "until"))}`, above(text(body, "subject")), text(body, "by"));
    case "Notice": return saying(text(body, "component"), text(body, "text"));
    default: return saying(kind, JSON.stringify(body));
  }
}

/** The asset an event concerns: events about an alarm are told by its number, so they need the alarms. */
export function assetOf(event: AuditEvent, assetOfAlarm: (id: number) => string): string {
  const said = sayEvent(event).asset;
  if (said) return said;
  const alarm = event.body["alarm"];
  if (typeof alarm === "number") return assetOfAlarm(alarm);
  return above(text(event.body, "subject"));
}

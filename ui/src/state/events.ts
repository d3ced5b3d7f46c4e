// The audit trail: reading it again whenever something happened, and saying an event in words.

import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { AuditEvent, Command, Driver } from "../api/types";
import { useDesk, useLink } from "./hooks";
import { useRoute } from "./route";
import { noticeUnauthorised } from "./twin";
import { nameText, numberText, shortPathText, unitText } from "./words";

/** The newest `limit` events up to the moment shown, newest first. */
export function useEvents(limit: number, kinds: string): { events: AuditEvent[] | null; trouble: string } {
  const { at } = useRoute();
  const desk = useDesk();
  const online = useLink().state === "online";
  const [events, setEvents] = useState<AuditEvent[] | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      api
        .events({ limit, ...(kinds && { kinds }), ...(at !== null && { until: new Date(at + 1).toISOString() }) }, controller.signal)
        .then((found) => (setEvents(found.reverse()), setTrouble("")))
        .catch((error: unknown) => {
          if (controller.signal.aborted) return;
          noticeUnauthorised(error);
          setTrouble(error instanceof Error ? error.message : String(error));
        });
    const pause = window.setTimeout(ask, 150);
    return () => (clearTimeout(pause), controller.abort());
  }, [limit, kinds, at, desk, online]);
  return { events, trouble };
}

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
  return text(event.body, "subject").split(".").slice(0, -1).join(".");
}

// When alarms stood, over the whole history: what the time bar and the trends mark. Read once from the audit trail, then
// kept up by what is pushed.

import { api } from "../api/client";
import type { Alarm, AuditEvent, Priority } from "../api/types";
import { topics, useTopic } from "./topics";
import { twin } from "./twin";

/** Units: milliseconds since 1970; `until` null while it stands. */
export interface AlarmEpisode {
  id: number;
  asset: string;
  name: string;
  priority: Priority;
  drivers: string[];
  from: number;
  until: number | null;
}

const kMost = 20_000;
const episodes = new Map<number, AlarmEpisode>();
let sorted: AlarmEpisode[] = [];

function publish(): void {
  sorted = [...episodes.values()].sort((a, b) => a.from - b.from);
  topics.emit("episodes");
}

function absorbEvent({ kind, body, known_at }: AuditEvent): void {
  const id = body["alarm"] as number;
  if (kind === "AlarmRaised") {
    const raised = body as unknown as Alarm;
    episodes.set(id, {
      id,
      asset: raised.asset,
      name: raised.name,
      priority: raised.priority,
      drivers: raised.drivers.map((d) => d.signal),
      from: Date.parse(raised.onset),
      until: null,
    });
  } else {
    const found = episodes.get(id);
    if (found) found.until = Date.parse(known_at);
  }
}

function absorbDesk(): void {
  for (const alarm of twin.liveDesk().alarms) {
    episodes.set(alarm.id, {
      id: alarm.id,
      asset: alarm.asset,
      name: alarm.name,
      priority: alarm.priority,
      drivers: alarm.drivers.map((d) => d.signal),
      from: Date.parse(alarm.onset),
      until: alarm.cleared_at ? Date.parse(alarm.cleared_at) : null,
    });
  }
  publish();
}

export async function loadEpisodes(): Promise<void> {
  const events = await api.events({ kinds: "AlarmRaised,AlarmCleared", limit: kMost });
  events.forEach(absorbEvent);
  absorbDesk();
}

topics.subscribe("live-desk", absorbDesk);
// After a lost connection, alarms may have come and gone unseen.
topics.subscribe("link", () => {
  if (twin.link().state === "online") void loadEpisodes().catch(() => undefined);
});

export const useEpisodes = () => useTopic("episodes", () => sorted);

// The audit trail: reading it again whenever something happened.

import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { AuditEvent } from "../api/types";
import { useDesk, useLink } from "./hooks";
import { useRoute } from "./route";
import { topics } from "./topics";
import { noticeUnauthorised } from "./twin";

const kAgain = 15_000; // ms: drift, training and notices are not pushed

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
    const again = at === null && online ? window.setInterval(ask, kAgain) : 0;
    const stop = topics.subscribe("audit", ask);
    return () => (clearTimeout(pause), clearInterval(again), stop(), controller.abort());
  }, [limit, kinds, at, desk, online]);
  return { events, trouble };
}

/** To be called after something was written that no push tells of. */
export const readEventsAgain = () => topics.emit("audit");

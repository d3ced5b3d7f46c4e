// The bands over every screen that say when what is shown is not the present: rewound, or the connection is lost.

import { useEffect, useState } from "react";
import { Segments } from "../parts/controls";
import { useLink, useLiveNow, usePast } from "../state/hooks";
import { seek, useRoute } from "../state/route";
import { twin } from "../state/twin";
import { ageText, momentText, utcText } from "../state/words";

export function PastBand() {
  const { at, known } = useRoute();
  const live = useLiveNow();
  const { loading, trouble } = usePast();
  useEffect(() => {
    document.documentElement.dataset["when"] = at === null ? "live" : "past";
  }, [at]);
  if (at === null) return null;
  return (
    <div className="band past-band" role="status">
      <strong className="past-word">PAST</strong>
      <span className="num" title={utcText(at)}>
        — {momentText(at)} ({ageText(live - at)} ago)
      </span>
      <Segments
        label="Which knowledge of that moment"
        value={known}
        onChange={(choice) => seek(at, choice)}
        options={[
          { value: "then", text: "as known then", title: "Only what had arrived by that moment" },
          { value: "now", text: "as known now", title: "With what arrived late, too" },
        ]}
      />
      {loading && <span className="past-note">loading…</span>}
      {trouble && (
        <span className="past-note" role="alert">
          {trouble}
        </span>
      )}
      <span className="past-note hide-narrow">Nothing can be changed here.</span>
      <button type="button" className="return" onClick={() => seek(null)}>
        Return to live
      </button>
    </div>
  );
}

export function LostBand() {
  const link = useLink();
  const [, tick] = useState(0);
  useEffect(() => {
    if (link.state !== "lost") return;
    const timer = window.setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [link]);
  if (link.state !== "lost") return null;
  const retry = Math.max(0, Math.ceil((link.retryAt - performance.now()) / 1000));
  return (
    <div className="band lost-band" role="alert">
      <strong>Connection lost</strong>
      <span className="num" aria-live="off">
        Values are {ageText(twin.silentFor())} old. {retry > 0 ? `Trying again in ${retry} s.` : "Trying again…"}
      </span>
    </div>
  );
}

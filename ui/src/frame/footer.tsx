// The status line: links, history, load.

import type { SourceStatus } from "../api/types";
import { useLiveNow, useStatus } from "../state/hooks";
import { useTopic } from "../state/topics";
import { twin } from "../state/twin";
import { ageText, bytesText, countText } from "../state/words";

const kMarks: Record<SourceStatus["state"], string> = { online: "●", connecting: "◌", faulted: "✕", finished: "■" };

function Source({ source }: { source: SourceStatus }) {
  const now = useLiveNow();
  const wait = source.retry_at ? Math.max(0, Math.ceil((Date.parse(source.retry_at) - now) / 1000)) : null;
  const since = source.since ? `for ${ageText(now - Date.parse(source.since))}` : "";
  return (
    <span className={`source is-${source.state}`} title={[source.detail, since].filter(Boolean).join("\n")}>
      <i aria-hidden="true">{kMarks[source.state]}</i> {source.name} {source.state}
      {wait !== null && <span className="num"> · again in {wait} s</span>}
    </span>
  );
}

export function Footer() {
  const status = useStatus();
  const rate = useTopic("status", twin.samplesPerSecond);
  if (!status) return <footer className="status-line">Waiting for the status…</footer>;
  const { history, untrained } = status;
  return (
    <footer className="status-line" aria-label="Status">
      {status.sources.map((source) => (
        <Source key={source.name} source={source} />
      ))}
      {history.trouble && <span className="source is-faulted" role="alert"><i aria-hidden="true">✕</i> History: {history.trouble}</span>}
      {untrained.length > 0 && <span title={untrained.join("\n")}>◌ {untrained.length} still learning</span>}
      <span className="spring" />
      {rate !== null && <span className="num">{countText(Math.round(rate))} samples/s</span>}
      <span className="num hide-narrow" title={`${countText(history.events)} events, ${countText(history.duplicates)} repeats dropped`}>
        {countText(history.samples)} samples · {bytesText(history.bytes_on_disk)}
      </span>
      {status.replay && <strong>REPLAY</strong>}
      <span className="hide-narrow">Gemel {status.version}</span>
    </footer>
  );
}

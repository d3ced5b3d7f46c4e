// Which alarms a person should label next: where an answer teaches the detectors most, and why.

import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Alarm, Suggestion, Truth } from "../api/types";
import { AlarmGlyph } from "../parts/glyphs";
import { Moment, WriteButton } from "../parts/controls";
import { useDesk, useLink } from "../state/hooks";
import { useRoute } from "../state/route";
import { noticeUnauthorised } from "../state/twin";
import { nameText, shortPathText } from "../state/words";
import { LabelDialog } from "./alarm_dialogs";

const kFirst = 3;

/** Asked again whenever an alarm changed. Without an answer nothing is suggested: the list of alarms says what is wrong. */
function useSuggestions(): Suggestion[] {
  const { at, known } = useRoute();
  const { alarms } = useDesk();
  const online = useLink().state === "online";
  const [found, setFound] = useState<Suggestion[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const moment = at === null ? null : { at, knownAt: known === "then" ? at : null };
    const ask = () =>
      api.suggested(moment, controller.signal).then(setFound, (error: unknown) => {
        if (controller.signal.aborted) return;
        noticeUnauthorised(error);
        setFound([]);
      });
    const pause = window.setTimeout(ask, 150);
    return () => (clearTimeout(pause), controller.abort());
  }, [at, known, alarms, online]);
  return found;
}

function Row({ alarm, reasons, onLabel }: { alarm: Alarm; reasons: string[]; onLabel: (truth: Truth) => void }) {
  return (
    <li>
      <AlarmGlyph priority={alarm.priority} filled={false} />
      <span className="suggestion-what">
        <span className="strong">{nameText(alarm.name)}</span>{" "}
        <span className="muted">{shortPathText(alarm.asset)} · <Moment at={alarm.onset} /></span>
        <span className="suggestion-why muted">{reasons.join(" · ")}</span>
      </span>
      <span className="button-row">
        <WriteButton onClick={() => onLabel("real")} label={`${alarm.name} was real`}>Real</WriteButton>
        <WriteButton onClick={() => onLabel("false")} label={`${alarm.name} was a false alarm`}>False alarm</WriteButton>
        <WriteButton className="quiet" onClick={() => onLabel("unknown")} label={`Can't tell what ${alarm.name} was`}>Can’t tell</WriteButton>
      </span>
    </li>
  );
}

export function WorthALook() {
  const { alarms } = useDesk();
  const [all, setAll] = useState(false);
  const [dialog, setDialog] = useState<{ alarm: Alarm; truth: Truth } | null>(null);
  const rows = useSuggestions().flatMap(({ alarm: id, reasons }) => {
    const alarm = alarms.find((a) => a.id === id);
    return alarm && !alarm.label ? [{ alarm, reasons }] : [];
  });
  if (rows.length === 0 && !dialog) return null;
  return (
    <section className="panel suggestions" aria-label="Worth a look">
      <header>
        <h2>Worth a look: was this real?</h2>
        <span className="muted">An answer here teaches the detectors most.</span>
      </header>
      <ul>
        {rows.slice(0, all ? rows.length : kFirst).map(({ alarm, reasons }) => (
          <Row key={alarm.id} alarm={alarm} reasons={reasons} onLabel={(truth) => setDialog({ alarm, truth })} />
        ))}
      </ul>
      {rows.length > kFirst && (
        <button type="button" className="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${rows.length - kFirst} more`}
        </button>
      )}
      {dialog && <LabelDialog alarm={dialog.alarm} first={dialog.truth} onClose={() => setDialog(null)} />}
    </section>
  );
}

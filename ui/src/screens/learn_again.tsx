// Letting a detector or estimator learn again, from the stretch that its drift proposed.

import type { FormEvent } from "react";
import { api } from "../api/client";
import type { AuditEvent } from "../api/types";
import { Dialog, Moment, Trouble, WriteButton } from "../parts/controls";
import { readEventsAgain } from "../state/events";
import { answerTo, proposalOf, type Proposal } from "../state/learning";
import { durationText, nameText, pathText } from "../state/words";
import { useSubmit } from "./alarm_dialogs";

export function LearnAgainDialog({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const { subject, from, until, detail } = proposal;
  const { busy, trouble, submit } = useSubmit(onClose);
  const send = (event: FormEvent) => {
    event.preventDefault();
    submit(api.retrain(subject, from, until).then(readEventsAgain));
  };
  const seconds = (Date.parse(until) - Date.parse(from)) / 1000;
  return (
    <Dialog title={`Learn again: ${nameText(subject.split(".").at(-1) ?? subject)}`} onClose={onClose}>
      <form onSubmit={send}>
        <dl className="learn-facts">
          <div><dt>What</dt><dd title={subject}>{pathText(subject)}</dd></div>
          <div><dt>Why</dt><dd>{detail || "–"}</dd></div>
          <div>
            <dt>Learns from</dt>
            <dd><Moment at={from} /> to <Moment at={until} />, {durationText(Math.round(seconds))}</dd>
          </div>
        </dl>
        <p className="confirm">
          What the plant did then will count as normal: say yes only if it did what it should. Until it has learnt, it goes on as it is.
        </p>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose} data-autofocus>Cancel</button>
          <button type="submit" className="primary" disabled={busy}>Learn again</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Beside a drift: the way to act on it, or that somebody did. Nothing beside other events. */
export function LearnAgain({ event, events, onAsk }: {
  event: AuditEvent; events: AuditEvent[]; onAsk: (proposal: Proposal) => void;
}) {
  const proposal = proposalOf(event);
  if (!proposal) return null;
  const answer = answerTo(event, events);
  if (answer) return <span className="muted learn-answer">{answer === "learnt" ? "learnt again since" : "asked to learn again"}</span>;
  return (
    <WriteButton className="learn-again" onClick={() => onAsk(proposal)} label={`Learn ${proposal.subject} again from the proposed stretch`}>
      Learn again…
    </WriteButton>
  );
}

// Approving takes two steps: look at everything that matters, then confirm as yourself. Rejecting takes a reason.

import { useState, type FormEvent } from "react";
import { api, identity } from "../api/client";
import type { Command, Recommendation } from "../api/types";
import { Dialog, Trouble, WhyNotWrite, WriteButton } from "../parts/controls";
import { Effects } from "../parts/interval";
import { useBelief, useDesk, useNow, usePlant, useSession } from "../state/hooks";
import { countdownText, nameText, numberText, percentText, shortPathText, unitText } from "../state/words";
import { CommandState } from "./recommendations";

function ReviewRow({ change }: { change: Recommendation["changes"][number] }) {
  const index = usePlant();
  const control = index.control(change.control);
  const feedback = control?.feedback ? index.signal(control.feedback) : undefined;
  const present = useBelief(feedback?.path ?? "").value;
  const text = (v: number | null | undefined) => (v == null ? "–" : numberText(v, control?.range));
  const unit = unitText(change.unit);
  return (
    <tr>
      <th scope="row" title={change.control}>{shortPathText(change.control)}</th>
      <td className="num">{text(present)} {unit}{feedback && <span className="muted"> {nameText(feedback.name).toLowerCase()}</span>}</td>
      <td className="num">{text(change.from)}</td>
      <td className="num strong">{text(change.to)} {unit}</td>
      <td className="num">{text(control?.range.low)} … {text(control?.range.high)}</td>
      <td className="num">{control?.rate_limit_per_s ? `${control.rate_limit_per_s} ${unit}/s` : "–"}</td>
    </tr>
  );
}

function Review({ recommendation }: { recommendation: Recommendation }) {
  const index = usePlant();
  const interlocks = [...new Set(recommendation.changes.flatMap((c) => index.control(c.control)?.interlocks ?? []))];
  return (
    <>
      <p>{recommendation.reason}</p>
      <div className="scroll-x">
        <table className="review">
          <thead>
            <tr>
              <th scope="col">Control</th>
              <th scope="col">Present</th>
              <th scope="col">Set to</th>
              <th scope="col">Proposed</th>
              <th scope="col">Limits</th>
              <th scope="col">Rate limit</th>
            </tr>
          </thead>
          <tbody>
            {recommendation.changes.map((change) => (
              <ReviewRow key={change.control} change={change} />
            ))}
          </tbody>
        </table>
      </div>
      <Effects effects={recommendation.effects} />
      <p className="muted">
        {interlocks.length > 0 && `Sent only while ${interlocks.join(" and ")}. `}
        The envelope judges it again when it is sent; if the twin falls silent, the plant's own controllers take over.
      </p>
    </>
  );
}

function Confirm({ recommendation, who }: { recommendation: Recommendation; who: string }) {
  return (
    <div className="confirm">
      <p>This changes the plant:</p>
      <ul>
        {recommendation.changes.map((c) => (
          <li key={c.control}>
            <span className="strong">{shortPathText(c.control)}</span> from <span className="num">{numberText(c.from, undefined)}</span> to{" "}
            <span className="num strong">{numberText(c.to, undefined)} {unitText(c.unit)}</span>
          </li>
        ))}
      </ul>
      <p>It is recorded as approved by <span className="strong">{who}</span>.</p>
    </div>
  );
}

/** What became of the commands, as it becomes known. */
function Sent({ sent }: { sent: Command[] }) {
  const { commands: known } = useDesk();
  const commands = sent.map((one) => known.find((c) => c.id === one.id) ?? one);
  return (
    <div className="confirm">
      <p>Approved. What the envelope said:</p>
      <ul className="commands">
        {commands.map((command) => (
          <CommandState key={command.id} command={command} />
        ))}
      </ul>
    </div>
  );
}

export function ApproveDialog({ recommendation, onClose }: { recommendation: Recommendation; onClose: () => void }) {
  const [step, setStep] = useState<"review" | "confirm" | "sent">("review");
  const [commands, setCommands] = useState<Command[]>([]);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const now = useNow();
  const session = useSession();
  const who = session?.user ?? identity.name();
  const left = Date.parse(recommendation.expires) - now;
  const expired = left <= 0 && step !== "sent";
  const approve = () => {
    setBusy(true);
    api.approve(recommendation.id).then(
      (answer) => {
        setCommands(answer.commands);
        setStep("sent");
      },
      (error: Error) => {
        setTrouble(error.message);
        setBusy(false);
      },
    );
  };
  const title = { review: "1 of 2 · Review", confirm: "2 of 2 · Confirm", sent: "Sent" }[step];
  return (
    <Dialog title={`${title}: ${recommendation.title}`} onClose={onClose} wide>
      {step === "review" && <Review recommendation={recommendation} />}
      {step === "confirm" && <Confirm recommendation={recommendation} who={who} />}
      {step === "sent" && <Sent sent={commands} />}
      {step !== "sent" && (
        <p className="num">
          {percentText(recommendation.confidence)} confident · {expired ? <strong>expired: close this and wait for a new one</strong> : `expires in ${countdownText(left)}`}
        </p>
      )}
      <Trouble text={trouble} />
      <WhyNotWrite />
      <div className="dialog-buttons">
        {step === "sent" ? (
          <button type="button" className="primary" onClick={onClose}>Close</button>
        ) : (
          <button type="button" onClick={step === "review" ? onClose : () => setStep("review")}>{step === "review" ? "Cancel" : "Back"}</button>
        )}
        {step === "review" && <WriteButton className="primary" busy={expired} onClick={() => setStep("confirm")}>Continue</WriteButton>}
        {step === "confirm" && (
          <WriteButton className="primary" busy={busy || expired} onClick={approve}>Approve and send as {who}</WriteButton>
        )}
      </div>
    </Dialog>
  );
}

export function RejectDialog({ recommendation, onClose }: { recommendation: Recommendation; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [trouble, setTrouble] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "") return setTrouble("A reason is needed: it teaches the next recommendation.");
    api.reject(recommendation.id, reason.trim()).then(onClose, (error: Error) => setTrouble(error.message));
  };
  return (
    <Dialog title={`Reject: ${recommendation.title}`} onClose={onClose}>
      <form onSubmit={send}>
        <label className="field">
          Reason
          <textarea rows={3} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} data-autofocus />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="primary">Reject</button>
        </div>
      </form>
    </Dialog>
  );
}

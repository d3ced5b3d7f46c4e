// Acknowledging with a note; shelving, which needs a time and a reason; saying what an alarm was.

import { useState, type FormEvent } from "react";
import { api } from "../api/client";
import type { Alarm, Truth } from "../api/types";
import { Dialog, Segments, Trouble } from "../parts/controls";
import { nameText } from "../state/words";

export function useSubmit(onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const submit = (work: Promise<unknown>) => {
    setBusy(true);
    work.then(onClose, (error: Error) => {
      setTrouble(error.message);
      setBusy(false);
    });
  };
  return { busy, trouble, submit, setTrouble };
}

export function AcknowledgeDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const [note, setNote] = useState("");
  const { busy, trouble, submit } = useSubmit(onClose);
  const send = (event: FormEvent) => {
    event.preventDefault();
    submit(api.acknowledge(alarm.id, note));
  };
  return (
    <Dialog title={`Acknowledge: ${nameText(alarm.name)}`} onClose={onClose}>
      <form onSubmit={send}>
        <label className="field">
          Note
          <textarea rows={3} maxLength={2000} value={note} onChange={(event) => setNote(event.target.value)} data-autofocus />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="primary" disabled={busy}>Acknowledge</button>
        </div>
      </form>
    </Dialog>
  );
}

const kTimes = [
  { value: "15", text: "15 min" },
  { value: "60", text: "1 h" },
  { value: "240", text: "4 h" },
  { value: "480", text: "8 h" },
  { value: "1440", text: "24 h (most)" },
];

export function ShelveDialog({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const [minutes, setMinutes] = useState("60");
  const [reason, setReason] = useState("");
  const { busy, trouble, submit, setTrouble } = useSubmit(onClose);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === "") return setTrouble("A reason is needed: the next shift must know why it is out of sight.");
    submit(api.shelve(alarm.id, Number(minutes), reason.trim()));
  };
  return (
    <Dialog title={`Shelve: ${nameText(alarm.name)}`} onClose={onClose}>
      <form onSubmit={send}>
        <p>Out of sight for a limited time; then it comes back by itself.</p>
        <div className="field">
          For
          <Segments label="For how long" options={kTimes} value={minutes} onChange={setMinutes} />
        </div>
        <label className="field">
          Reason
          <textarea rows={3} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} data-autofocus />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="primary" disabled={busy}>Shelve</button>
        </div>
      </form>
    </Dialog>
  );
}

const kTruths: { value: Truth; text: string; title: string }[] = [
  { value: "real", text: "Real", title: "Something was wrong: it was right to raise it" },
  { value: "false", text: "False alarm", title: "Nothing was wrong" },
  { value: "unknown", text: "Can't tell", title: "Looked at, without an answer" },
];
const kCauses: Record<Truth, string> = { real: "What was wrong", false: "What it was instead", unknown: "What was looked at" };

export function LabelDialog({ alarm, first, onClose }: { alarm: Alarm; first?: Truth | undefined; onClose: () => void }) {
  const [truth, setTruth] = useState<Truth | null>(first ?? alarm.label?.truth ?? null);
  const [cause, setCause] = useState(alarm.label?.cause ?? "");
  const { busy, trouble, submit, setTrouble } = useSubmit(onClose);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (truth === null) return setTrouble("Say first what it was: real, a false alarm, or not to be told.");
    submit(api.label(alarm.id, truth, cause.trim()));
  };
  return (
    <Dialog title={`Was it real? ${nameText(alarm.name)}`} onClose={onClose}>
      <form onSubmit={send}>
        <p>Detectors leave the time of real ones out when they learn again, so that they don’t take trouble for normal.</p>
        <div>
          <Segments label="What it was" options={kTruths} value={truth} onChange={setTruth} />
        </div>
        <label className="field">
          {truth === null ? "What it was" : kCauses[truth]}
          <textarea rows={3} maxLength={2000} value={cause} onChange={(event) => setCause(event.target.value)} data-autofocus={truth === null ? undefined : true} />
        </label>
        <Trouble text={trouble} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="primary" disabled={busy}>Save</button>
        </div>
      </form>
    </Dialog>
  );
}

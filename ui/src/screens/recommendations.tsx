// What the twin proposes, how sure it is, and what came of what was approved.

import { useState } from "react";
import type { Command, Recommendation } from "../api/types";
import { Empty, Moment, WhyNotWrite, WriteButton } from "../parts/controls";
import { Effects } from "../parts/interval";
import { useDesk, useNow, usePlant } from "../state/hooks";
import { countdownText, durationText, numberText, percentText, shortPathText, unitText } from "../state/words";
import { ApproveDialog, RejectDialog } from "./approve";

/** From → to, on the control's scale. */
export function ChangeScale({ change }: { change: Recommendation["changes"][number] }) {
  const control = usePlant().control(change.control);
  const { low = null, high = null } = control?.range ?? {};
  const x = (v: number) => (low === null || high === null ? 50 : Math.min(100, Math.max(0, ((v - low) / (high - low)) * 100)));
  const text = (v: number) => numberText(v, control?.range);
  const unit = unitText(change.unit);
  const [from, to] = [x(change.from), x(change.to)];
  return (
    <div className="change">
      <div className="change-head">
        <span className="strong" title={change.control}>{shortPathText(change.control)}</span>
        <span className="num">
          {text(change.from)} → <span className="strong">{text(change.to)}</span> {unit}
        </span>
      </div>
      <div className="change-scale" aria-hidden="true">
        <i className="change-span" style={{ left: `${Math.min(from, to)}%`, width: `${Math.abs(to - from)}%` }} />
        <i className="change-from" style={{ left: `${from}%` }} />
        <i className="change-to" style={{ left: `${to}%` }} />
      </div>
      {low !== null && high !== null && (
        <div className="control-foot num muted">
          <span>{text(low)}</span>
          <span>envelope</span>
          <span>{text(high)} {unit}</span>
        </div>
      )}
    </div>
  );
}

function Confidence({ share }: { share: number }) {
  return (
    <span className="confidence" title="Share of the simulated futures in which it meets its aim">
      <span className="confidence-bar" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className="num strong">{percentText(share)}</span> confident
    </span>
  );
}

function Countdown({ recommendation }: { recommendation: Recommendation }) {
  const now = useNow();
  const [made, expires] = [Date.parse(recommendation.made_at), Date.parse(recommendation.expires)];
  const left = Math.max(0, expires - now);
  return (
    <span className="countdown" title="After that it is withdrawn: the plant has moved on">
      <span className="confidence-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(100, (100 * left) / Math.max(1, expires - made))}%` }} />
      </span>
      {left > 0 ? <>expires in <span className="num strong">{countdownText(left)}</span></> : "expired"}
    </span>
  );
}

function Points({ title, points }: { title: string; points: string[] }) {
  return points.length === 0 ? null : (
    <div className="points">
      <h3>{title}</h3>
      <ul>
        {points.map((point, i) => (
          <li key={i}>{point}</li>
        ))}
      </ul>
    </div>
  );
}

type Asked = { kind: "approve" | "reject"; recommendation: Recommendation };

function OpenCard({ recommendation, onAsk }: { recommendation: Recommendation; onAsk: (asked: Asked) => void }) {
  return (
    <article className="panel card" aria-label={recommendation.title}>
      <header>
        <span className="rank num" title="Rank">{recommendation.rank}</span>
        <h2>{recommendation.title}</h2>
      </header>
      <p>{recommendation.reason}</p>
      <div className="card-facts">
        <Confidence share={recommendation.confidence} />
        <Countdown recommendation={recommendation} />
        <span className="muted">over {durationText(recommendation.horizon_s)}</span>
      </div>
      <div className="card-columns">
        <div>
          {recommendation.changes.map((change) => (
            <ChangeScale key={change.control} change={change} />
          ))}
        </div>
        <Effects effects={recommendation.effects} />
      </div>
      <div className="card-columns">
        <Points title="Evidence" points={recommendation.evidence} />
        <Points title="Considered instead" points={recommendation.alternatives} />
      </div>
      <div className="button-row">
        <WriteButton className="primary" onClick={() => onAsk({ kind: "approve", recommendation })} label={`Review: ${recommendation.title}`}>Review…</WriteButton>
        <WriteButton onClick={() => onAsk({ kind: "reject", recommendation })} label={`Reject: ${recommendation.title}`}>Reject…</WriteButton>
        <WhyNotWrite />
      </div>
    </article>
  );
}

const kResultMarks: Record<string, string> = { confirmed: "✓", "not confirmed": "?", "refused by plant": "✕", "not sent": "✕" };

export function CommandState({ command }: { command: Command }) {
  const now = useNow();
  const range = usePlant().control(command.control)?.range;
  const what = `${shortPathText(command.control)} to ${numberText(command.value, range)} ${unitText(command.unit)}`;
  const { ended } = command;
  const state = ended ? ended.result : command.admission === "refused" ? "refused" : "waiting for the plant";
  const good = state === "confirmed" || state === "waiting for the plant";
  return (
    <li className={`command ${good ? "" : "failed"}`}>
      <i aria-hidden="true">{ended ? kResultMarks[ended.result] : command.admission === "refused" ? "✕" : "…"}</i>
      <span>
        <span className="strong">{what}</span>: {state}
        {!ended && command.admission !== "refused" && <span className="num muted"> · {countdownText(Date.parse(command.expires) - now)} left</span>}
        <span className="muted">
          {" · "}{command.admission}
          {command.admission === "reduced" && ` from ${numberText(command.asked, range)}`}: {command.admission_reason}
          {ended && `; ${ended.detail}`}
        </span>
      </span>
    </li>
  );
}

function DecidedCard({ recommendation, commands }: { recommendation: Recommendation; commands: Command[] }) {
  const { decided, measured } = recommendation;
  return (
    <article className="panel card decided" aria-label={recommendation.title}>
      <header>
        <span className={`verdict is-${decided?.verdict}`}>{decided?.verdict}</span>
        <h2>{recommendation.title}</h2>
        <span className="spring" />
        <span className="muted">{decided && <>by {decided.by} <Moment at={decided.at} /></>}</span>
      </header>
      {decided?.reason && <p className="muted">“{decided.reason}”</p>}
      {commands.length > 0 && (
        <ul className="commands">
          {commands.map((command) => (
            <CommandState key={command.id} command={command} />
          ))}
        </ul>
      )}
      {decided?.verdict === "approved" && (
        <>
          <Effects effects={recommendation.effects} measured={measured?.effects} />
          <p className="muted">
            {measured ? (measured.inside_interval ? "✓ What came lies inside the interval that was promised." : "✕ What came lies outside the interval that was promised.") : `The outcome is measured ${durationText(recommendation.horizon_s)} after the approval.`}
          </p>
        </>
      )}
    </article>
  );
}

export function RecommendationsScreen() {
  const { recommendations, commands } = useDesk();
  // Held here, not in the card: the dialog outlives the card, which moves once it is decided.
  const [asked, setAsked] = useState<Asked | null>(null);
  const open = recommendations.filter((r) => !r.decided).sort((a, b) => a.rank - b.rank || b.made_at.localeCompare(a.made_at));
  const decided = recommendations.filter((r) => r.decided).sort((a, b) => (b.decided?.at ?? "").localeCompare(a.decided?.at ?? ""));
  return (
    <div className="page recommendations">
      <header className="page-head">
        <h1>Recommendations</h1>
        <span className="muted">{open.length === 0 ? "none open" : `${open.length} open`}</span>
      </header>
      {open.length === 0 && <Empty title="Nothing to do">No change promises an improvement now. When one does, it appears here with its reasons.</Empty>}
      {open.map((r) => (
        <OpenCard key={r.id} recommendation={r} onAsk={setAsked} />
      ))}
      {decided.length > 0 && <h2 className="section-head">Decided</h2>}
      {decided.map((r) => (
        <DecidedCard key={r.id} recommendation={r} commands={commands.filter((c) => c.recommendation === r.id)} />
      ))}
      {asked?.kind === "approve" && <ApproveDialog recommendation={asked.recommendation} onClose={() => setAsked(null)} />}
      {asked?.kind === "reject" && <RejectDialog recommendation={asked.recommendation} onClose={() => setAsked(null)} />}
    </div>
  );
}

// What would happen if: some controls moved, beside carrying on as now. Asks the simulator; changes nothing.

import { useMemo, useState } from "react";
import { api } from "../api/client";
import type { Control, Outcome } from "../api/types";
import { Empty, Segments, Trouble } from "../parts/controls";
import { useBelief, usePlant } from "../state/hooks";
import { useRoute } from "../state/route";
import { durationText, momentText, nameText, numberText, shortPathText, unitText } from "../state/words";
import { Chart, type Line } from "../trend/chart";

const kHorizons = [
  { value: "300", text: "5 min" },
  { value: "600", text: "10 min" },
  { value: "1800", text: "30 min" },
  { value: "3600", text: "1 h" },
];

interface Answers {
  changed: Outcome;
  asNow: Outcome;
}

function ControlInput({ control, value, onChange }: { control: Control; value: number | null; onChange: (value: number | null) => void }) {
  const present = useBelief(usePlant().setpointOf(control) ?? "").value;
  const { low, high } = control.range;
  if (low === null || high === null) return null;
  const step = (high - low) / 200 >= 1 ? Math.round((high - low) / 180) : (high - low) / 180;
  const shown = value ?? present ?? low;
  const clamp = (v: number) => onChange(Math.min(high, Math.max(low, v)));
  return (
    <div className={`whatif-control ${value === null ? "" : "moved"}`}>
      <label>
        <span className="strong" title={control.path}>{shortPathText(control.path)}</span>
        <input type="range" min={low} max={high} step={step} value={shown} onChange={(event) => clamp(Number(event.target.value))} />
      </label>
      <div className="whatif-number">
        <input
          type="number"
          className="num"
          aria-label={`${shortPathText(control.path)} in ${control.unit}`}
          min={low}
          max={high}
          step="any"
          value={Number(shown.toPrecision(6))}
          onChange={(event) => event.target.value !== "" && clamp(Number(event.target.value))}
        />
        <span className="unit">{unitText(control.unit)}</span>
        <button type="button" className="quiet" disabled={value === null} onClick={() => onChange(null)} title="Leave it as it is">
          as now
        </button>
      </div>
      <div className="muted num">
        now {present === null ? "–" : numberText(present, control.range)} · limits {numberText(low, control.range)} … {numberText(high, control.range)}
      </div>
    </div>
  );
}

function lineOf(outcome: Outcome, signal: string, label: string, look: Line["look"]): Line {
  const found = outcome.signals.find((s) => s.signal === signal);
  if (!found) return { label, t: [], mean: [], look };
  return { label, t: outcome.times_s.map((s) => s * 1000), mean: found.mean, low: found.low, high: found.high, look };
}

function Figure({ answers, signal, unit }: { answers: Answers; signal: string; unit: string }) {
  const lines = useMemo(
    () => [lineOf(answers.changed, signal, "changed", "measured"), lineOf(answers.asNow, signal, "as now", "other")],
    [answers, signal],
  );
  const until = (answers.changed.times_s.at(-1) ?? 0) * 1000;
  return (
    <figure>
      <figcaption>
        <span className="strong">{shortPathText(signal)}</span> <span className="unit">{unitText(unit)}</span>
      </figcaption>
      <Chart lines={lines} unit={unit} from={0} until={until} height={168} relative sync="whatif" label={`${shortPathText(signal)}, changed beside as now`} />
    </figure>
  );
}

/** "+0.179 (+35 %)"; without a share where the sign changes, for it would mean nothing. */
function differenceText(before: number, after: number, text: (v: number) => string): string {
  const sign = after > before ? "+" : "";
  const share = before * after > 0 ? ` (${sign}${numberText(Math.round((100 * (after - before)) / Math.abs(before)), { low: 0, high: 500 })} %)` : "";
  return `${sign}${text(after - before)}${share}`;
}

function Indicators({ answers }: { answers: Answers }) {
  if (answers.changed.indicators.length === 0) return null;
  return (
    <table className="effects">
      <thead>
        <tr><th scope="col">Over the whole time</th><th scope="col">as now</th><th scope="col">changed (90 %)</th><th scope="col">difference</th></tr>
      </thead>
      <tbody>
        {answers.changed.indicators.map((changed) => {
          const asNow = answers.asNow.indicators.find((i) => i.name === changed.name);
          const range = { low: 0, high: 4 * Math.max(Math.abs(changed.high), Math.abs(changed.low), Math.abs(asNow?.mean ?? 0)) };
          const text = (v: number) => numberText(v, range);
          return (
            <tr key={changed.name}>
              <th scope="row">{nameText(changed.name)}</th>
              <td className="num">{asNow ? text(asNow.mean) : "–"}</td>
              <td className="num strong">{text(changed.mean)} <span className="unit">{unitText(changed.unit)}</span>
                <span className="effect-range">{text(changed.low)} … {text(changed.high)}</span></td>
              <td className="num">{asNow ? differenceText(asNow.mean, changed.mean, text) : "–"}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const kFirstFigures = 6;

/** How far the two futures part, in widths of their bands: what the change touches most comes first. */
function parting(answers: Answers, signal: string): number {
  const [changed, asNow] = [answers.changed, answers.asNow].map((outcome) => outcome.signals.find((s) => s.signal === signal));
  if (!changed || !asNow) return 0;
  const largest = (values: number[]) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const apart = largest(changed.mean.map((v, i) => v - (asNow.mean[i] ?? v)));
  const width = largest(asNow.high.map((v, i) => v - (asNow.low[i] ?? v))) || largest(asNow.mean) / 1000 || 1;
  return apart / width;
}

function Figures({ answers }: { answers: Answers }) {
  const [all, setAll] = useState(false);
  const ordered = useMemo(() => [...answers.changed.signals].sort((a, b) => parting(answers, b.signal) - parting(answers, a.signal)), [answers]);
  const shown = all ? ordered : ordered.slice(0, kFirstFigures);
  return (
    <>
      <div className="whatif-figures">
        {shown.map((s) => (
          <Figure key={s.signal} answers={answers} signal={s.signal} unit={s.unit} />
        ))}
      </div>
      {shown.length < ordered.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>Show the other {ordered.length - shown.length}, which change less</button>
      )}
    </>
  );
}

export function WhatIfScreen() {
  const index = usePlant();
  const { at, known } = useRoute();
  const [values, setValues] = useState<Record<string, number>>({});
  const [horizon, setHorizon] = useState("600");
  const [answers, setAnswers] = useState<Answers | null>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const controls = [...new Set(index.plant.simulators.flatMap((s) => s.controls))].map(index.control).filter((c): c is Control => c !== undefined);

  const run = () => {
    setBusy(true);
    const moment = at === null ? {} : { at: new Date(at).toISOString(), ...(known === "then" && { known_at: new Date(at).toISOString() }) };
    const question = { horizon_s: Number(horizon), step_s: Number(horizon) / 120, draws: 64, seed: 1, ...moment };
    const changes = Object.entries(values).map(([control, value]) => ({ control, value }));
    Promise.all([api.whatIf({ ...question, changes }), api.whatIf({ ...question, changes: [] })])
      .then(
        ([changed, asNow]) => (setAnswers({ changed, asNow }), setTrouble("")),
        (error: Error) => setTrouble(error.message),
      )
      .finally(() => setBusy(false));
  };
  const set = (path: string, value: number | null) =>
    setValues(({ [path]: _, ...others }) => (value === null ? others : { ...others, [path]: value }));

  if (controls.length === 0) return <Empty title="Nothing to try">The twin file names no simulator with controls.</Empty>;
  return (
    <div className="page whatif">
      <header className="page-head">
        <h1>What if</h1>
        <span className="muted">Asks the simulator, from {at === null ? "the present" : momentText(at)} on. Changes nothing in the plant.</span>
      </header>
      <div className="whatif-columns">
        <section className="panel" aria-label="Question">
          {controls.map((control) => (
            <ControlInput key={control.path} control={control} value={values[control.path] ?? null} onChange={(value) => set(control.path, value)} />
          ))}
          <div className="field">
            Look ahead
            <Segments label="Look ahead" options={kHorizons} value={horizon} onChange={setHorizon} />
          </div>
          <div className="button-row">
            <button type="button" className="primary" onClick={run} disabled={busy}>{busy ? "Running…" : "Run"}</button>
            <button type="button" onClick={() => setValues({})} disabled={Object.keys(values).length === 0}>All as now</button>
          </div>
          <Trouble text={trouble} />
        </section>
        <section className="panel" aria-label="Answer" aria-live="polite">
          {!answers && <Empty title="No answer yet">Move a control and run. Each line comes with the band that holds 90 % of the simulated futures.</Empty>}
          {answers && (
            <>
              <div className="legend">
                <span><i className="key-measured" /> changed</span>
                <span><i className="key-other" /> carry on as now</span>
                <span className="muted">bands hold 90 % of the futures · {durationText(Number(horizon))} · simulator {answers.changed.version}</span>
              </div>
              {answers.changed.warnings.map((warning) => (
                <p key={warning} className="warning">? {warning}</p>
              ))}
              <Indicators answers={answers} />
              <Figures answers={answers} />
            </>
          )}
        </section>
      </div>
    </div>
  );
}

// The answer's side of a what-if: indicators beside carrying on as now, and a fan for each signal.

import { useEffect, useMemo, useState } from "react";
import { api } from "../api/client";
import type { Difference, Outcome, WhatIfAnswer } from "../api/types";
import { durationText, nameText, numberText, shortPathText, unitText } from "../state/words";
import { Chart, type Line } from "../trend/chart";
import { seriesOf, type Series } from "../trend/series";

const kFirstFigures = 6;
const kPastShare = 1 / 4; // of the horizon that is shown of what was measured
const kPastPoints = 200;

function fanOf(outcome: Outcome, name: string, label: string, look: Line["look"]): Line {
  const found = outcome.signals.find((s) => s.name === name);
  if (!found) return { label, t: [], mean: [], look };
  return { label, t: outcome.times_s.map((s) => s * 1000), mean: found.mean, low: found.low, high: found.high, look };
}

/** What was measured before the moment the what-if starts from. */
function usePast(answer: WhatIfAnswer, names: string[]): Map<string, Series> {
  const [past, setPast] = useState(new Map<string, Series>());
  const key = names.join(",");
  useEffect(() => {
    const until = answer.at === null ? 0 : Date.parse(answer.at);
    const measured = answer.signals.filter((s) => s.signal !== null && names.includes(s.name)).map((s) => s.name);
    if (until === 0 || measured.length === 0) return;
    const controller = new AbortController();
    const from = until - (answer.times_s.at(-1) ?? 0) * 1000 * kPastShare;
    api.trends({ signals: measured, from, until, points: kPastPoints, knownAt: null }, controller.signal).then(
      (trends) => setPast(new Map(trends.map((trend, i) => [measured[i] ?? trend.signal, seriesOf(trend)]))),
      () => {}, // the fans stand without it
    );
    return () => controller.abort();
  }, [answer, key]);
  return past;
}

function Figure({ answer, name, unit, past }: { answer: WhatIfAnswer; name: string; unit: string; past: Series | undefined }) {
  const start = answer.at === null ? 0 : Date.parse(answer.at);
  const span = (answer.times_s.at(-1) ?? 0) * 1000;
  const lines = useMemo(() => {
    const fans = [fanOf(answer, name, "changed", "measured"), fanOf(answer.as_now, name, "as now", "other")];
    if (!past) return fans;
    return [{ label: "measured", t: past.t.map((t) => t - start), mean: past.mean, look: "measured" as const }, ...fans];
  }, [answer, name, past, start]);
  return (
    <figure>
      <figcaption>
        <span className="strong" title={name}>{shortPathText(name)}</span> <span className="unit">{unitText(unit)}</span>
      </figcaption>
      <Chart
        lines={lines}
        unit={unit}
        from={past ? -span * kPastShare : 0}
        until={span}
        height={168}
        relative
        mark={past ? { at: 0, label: "now" } : undefined}
        sync="whatif"
        label={`${shortPathText(name)}, changed beside as now`}
      />
    </figure>
  );
}

/** How far the two futures part, in widths of their bands: what the change touches most comes first. */
function parting(answer: WhatIfAnswer, name: string): number {
  const [changed, asNow] = [answer, answer.as_now].map((outcome) => outcome.signals.find((s) => s.name === name));
  if (!changed || !asNow) return 0;
  const largest = (values: number[]) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const numbers = (values: (number | null)[]) => values.map((v) => v ?? 0);
  const apart = largest(numbers(changed.mean).map((v, i) => v - (asNow.mean[i] ?? v)));
  const width = largest(numbers(asNow.high).map((v, i) => v - (asNow.low[i] ?? v))) || largest(numbers(asNow.mean)) / 1000 || 1;
  return apart / width;
}

function Figures({ answer }: { answer: WhatIfAnswer }) {
  const [all, setAll] = useState(false);
  const ordered = useMemo(() => [...answer.signals].sort((a, b) => parting(answer, b.name) - parting(answer, a.name)), [answer]);
  const shown = all ? ordered : ordered.slice(0, kFirstFigures);
  const past = usePast(answer, shown.map((s) => s.name));
  return (
    <>
      <div className="whatif-figures">
        {shown.map((s) => (
          <Figure key={s.name} answer={answer} name={s.name} unit={s.unit} past={past.get(s.name)} />
        ))}
      </div>
      {shown.length < ordered.length && (
        <button type="button" className="quiet" onClick={() => setAll(true)}>Show the other {ordered.length - shown.length}, which change less</button>
      )}
    </>
  );
}

const signed = (text: string, value: number) => (value > 0 ? `+${text}` : text);

/** "+0.179 (+35 %)"; without a share where the sign changes, for it would mean nothing. */
function differenceText(before: number | null, by: number, text: (v: number) => string): string {
  const share = before !== null && before * (before + by) > 0 ? (100 * by) / Math.abs(before) : null;
  const percent = share === null ? "" : ` (${signed(numberText(Math.round(share * 10) / 10, { low: 0, high: 50 }), share)} %)`;
  return `${signed(text(by), by)}${percent}`;
}

/** Whether the mean of the differences is beyond doubt on one side of nothing. */
const sure = (d: Difference) => d.mean_low !== null && d.mean_high !== null && d.mean_low * d.mean_high > 0;

const kFirstParts = 6;
const kWorthTelling = 0.05;

/** What holds for the whole first; of its parts those that change most, and for sure. */
function worthTelling(answer: WhatIfAnswer): Outcome["indicators"] {
  const share = (name: string) => {
    const by = answer.differences.find((d) => d.name === name);
    const from = Math.max(...[answer, answer.as_now].map((outcome) => Math.abs(outcome.indicators.find((i) => i.name === name)?.mean ?? 0)));
    return by && sure(by) && from > 0 ? Math.abs(by.mean ?? 0) / from : 0;
  };
  const whole = answer.indicators.filter((i) => !i.name.includes("."));
  const parts = answer.indicators.filter((i) => i.name.includes(".") && share(i.name) >= kWorthTelling);
  return [...whole, ...parts.sort((a, b) => share(b.name) - share(a.name)).slice(0, kFirstParts)];
}

function Indicators({ answer }: { answer: WhatIfAnswer }) {
  const [all, setAll] = useState(false);
  const shown = useMemo(() => (all ? answer.indicators : worthTelling(answer)), [answer, all]);
  const left = answer.indicators.length - shown.length;
  if (answer.indicators.length === 0) return null;
  return (
    <>
    <table className="effects">
      <thead>
        <tr>
          <th scope="col">Over the whole time</th><th scope="col">as now</th><th scope="col">changed (90 %)</th>
          <th scope="col" title="Mean of the differences, future by future, and its 95 % interval">difference</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((changed) => {
          const asNow = answer.as_now.indicators.find((i) => i.name === changed.name)?.mean ?? null;
          const by = answer.differences.find((d) => d.name === changed.name);
          const range = { low: 0, high: 4 * Math.max(Math.abs(changed.high ?? 0), Math.abs(changed.low ?? 0), Math.abs(asNow ?? 0)) };
          const text = (v: number | null) => (v === null ? "–" : numberText(v, range));
          return (
            <tr key={changed.name}>
              <th scope="row">{shortPathText(changed.name)}</th>
              <td className="num">{text(asNow)}</td>
              <td className="num strong">{text(changed.mean)} <span className="unit">{unitText(changed.unit)}</span>
                <span className="effect-range">{text(changed.low)} … {text(changed.high)}</span></td>
              <td className={`num ${by && sure(by) ? "" : "muted"}`}>
                {by && by.mean !== null ? differenceText(asNow, by.mean, text) : "–"}
                {by && <span className="effect-range">{text(by.mean_low)} … {text(by.mean_high)}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
    {left > 0 && (
      <button type="button" className="quiet" onClick={() => setAll(true)}>Show the other {left}, which change little or not for sure</button>
    )}
    </>
  );
}

export function WhatIfAnswerPanel({ answer }: { answer: WhatIfAnswer }) {
  return (
    <>
      <div className="legend">
        <span><i className="key-measured" /> changed</span>
        <span><i className="key-other" /> carry on as now</span>
        <span className="muted">
          bands hold 90 % of {answer.draws} futures · {durationText(answer.times_s.at(-1) ?? 0)} · simulator {answer.version}
        </span>
      </div>
      {answer.findings.map((finding) => (
        <p key={finding} className="muted">{nameText(finding)}</p>
      ))}
      {answer.warnings.map((warning) => (
        <p key={warning} className="warning">? {warning}</p>
      ))}
      <Indicators answer={answer} />
      <Figures answer={answer} />
    </>
  );
}

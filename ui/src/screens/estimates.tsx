// What an asset's soft sensors and forecasts say now: one line each, never their intervals' ends as signals of their own.

import type { Asset, Estimator, EstimatorOutput } from "../api/types";
import { qualityText } from "../parts/value";
import { QualityGlyph } from "../parts/glyphs";
import { useBelief, useNow, usePlant } from "../state/hooks";
import { durationText, nameText, numberText, unitText } from "../state/words";

/** A middle value with its interval and unit. */
export function IntervalValue({ output }: { output: EstimatorOutput | undefined }) {
  const index = usePlant();
  const now = useNow();
  const middle = useBelief(output?.middle ?? "");
  const low = useBelief(output?.low ?? "").value;
  const high = useBelief(output?.high ?? "").value;
  const signal = index.signal(output?.middle ?? "");
  if (!signal || middle.value === null) return <span className="muted">not yet</span>;
  const text = (v: number) => numberText(v, signal.range);
  return (
    <span className={`value q-${middle.quality}`} title={`${signal.path}: ${qualityText(middle, now)}`}>
      <QualityGlyph grade={middle.quality} />
      <span className="value-number num">{text(middle.value)}</span>
      {signal.unit && <span className="unit">{unitText(signal.unit)}</span>}
      {low !== null && high !== null && <span className="interval num">{text(low)} … {text(high)}</span>}
    </span>
  );
}

function rowsOf({ kind, outputs }: Estimator): { text: string; output: EstimatorOutput }[] {
  const sorted = [...outputs].sort((a, b) => a.lead_s - b.lead_s);
  return sorted.map((output) => ({ text: kind === "forecast" ? `in ${durationText(output.lead_s)}` : "now", output }));
}

function EstimatorRows({ estimator }: { estimator: Estimator }) {
  const of = usePlant().signal(estimator.of ?? "");
  const about = of ? nameText(of.name).toLowerCase() : "";
  const told = estimator.kind === "forecast" ? `what ${about} is expected to be` : `what ${about} should be, by ${estimator.from.map((p) => nameText(p.split(".").at(-1) ?? "").toLowerCase()).join(", ")}`;
  const rows = rowsOf(estimator);
  return (
    <>
      {rows.map(({ text, output }, i) => (
        <tr key={output.middle}>
          {i === 0 && (
            <th scope="rowgroup" rowSpan={rows.length} title={estimator.path}>
              {nameText(estimator.name)}
              <span className="muted">{told}</span>
            </th>
          )}
          <td className="muted estimate-when">{text}</td>
          <td className="right"><IntervalValue output={output} /></td>
        </tr>
      ))}
    </>
  );
}

export function Estimates({ asset }: { asset: Asset }) {
  const estimators = usePlant().estimatorsOf(asset.path).filter((e) => e.kind !== "life");
  if (estimators.length === 0) return null;
  const coverages = [...new Set(estimators.map((e) => Math.round(e.coverage * 100)))];
  return (
    <section className="panel" aria-label="Estimates">
      <header>
        <h2>Estimates</h2>
        <span className="muted">with {coverages.map((c) => `${c} %`).join(" or ")} intervals</span>
      </header>
      <table className="estimates">
        {estimators.map((estimator) => (
          <tbody key={estimator.path}>
            <EstimatorRows estimator={estimator} />
          </tbody>
        ))}
      </table>
    </section>
  );
}

// An asset's detectors with their scores, and its controls with their envelopes.

import type { Asset, Control, Detector } from "../api/types";
import { Sparkline, Value } from "../parts/value";
import { useBelief, useDesk, usePlant } from "../state/hooks";
import { nameText, numberText, unitText } from "../state/words";
import { lastOf } from "../trend/series";
import { useTrends } from "../trend/use_trends";

const kHour = { last: 3_600_000 };

function Score({ path }: { path: string }) {
  const { value, quality } = useBelief(path);
  if (value === null || quality === "missing") return <span className="muted">no score yet</span>;
  const above = value >= 1;
  return (
    <span className={above ? "score above" : "score"} title="1 is the threshold">
      <span className="score-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(100, (value / 2) * 100)}%` }} />
        <b />
      </span>
      <span className="num">{numberText(value)}</span>
      {above && <span className="strong">▲ above</span>}
    </span>
  );
}

function DetectorRow({ detector, spark }: { detector: Detector; spark: React.ReactNode }) {
  return (
    <tr>
      <th scope="row" title={`${detector.path}\nwatches ${detector.signals.join(", ")}`}>
        {nameText(detector.name)}
        <span className="muted">{detector.kind.replaceAll("_", " ")}</span>
      </th>
      <td>{detector.score ? <Score path={detector.score} /> : <span className="muted">rule</span>}</td>
      <td className="signal-spark">{spark}</td>
    </tr>
  );
}

export function Detectors({ asset }: { asset: Asset }) {
  const index = usePlant();
  const detectors = index.detectorsOf(asset.path);
  const scores = detectors.map((d) => d.score).filter((s): s is string => s !== null);
  const { series, from, until } = useTrends(scores, kHour, 60);
  if (detectors.length === 0) return null;
  return (
    <section className="panel" aria-label="Detectors">
      <header>
        <h2>Detectors</h2>
        <span className="muted">score, 1 is the threshold</span>
      </header>
      <table className="detectors">
        <tbody>
          {detectors.map((detector) => {
            const signal = detector.score ? index.signal(detector.score) : undefined;
            const found = detector.score ? series.get(detector.score) : undefined;
            return (
              <DetectorRow
                key={detector.path}
                detector={detector}
                spark={signal && <Sparkline series={found} signal={signal} from={from} until={until} last={lastOf(found)} />}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function ControlRow({ control }: { control: Control }) {
  const index = usePlant();
  const { commands } = useDesk();
  const setpoint = useBelief(index.setpointOf(control) ?? "").value;
  const feedback = control.feedback ? index.signal(control.feedback) : undefined;
  const newest = commands.filter((c) => c.control === control.path).at(-1);
  const { low, high } = control.range;
  const x = (v: number) => (low === null || high === null ? 0 : Math.min(100, Math.max(0, ((v - low) / (high - low)) * 100)));
  const unit = unitText(control.unit);
  return (
    <div className="control">
      <div className="control-head">
        <span className="strong" title={control.path}>{nameText(control.name)}</span>
        <span className="num">{setpoint === null ? "–" : numberText(setpoint, control.range)} <span className="unit">{unit}</span></span>
        {feedback && <span className="muted">{nameText(feedback.name)} <Value signal={feedback} /></span>}
      </div>
      <div className="control-scale" aria-hidden="true">
        {setpoint !== null && <i className="gauge-setpoint" style={{ left: `${x(setpoint)}%` }} />}
      </div>
      <div className="control-foot num muted">
        <span>{low === null ? "" : numberText(low, control.range)}</span>
        <span>
          {control.rate_limit_per_s > 0 && `at most ${control.rate_limit_per_s} ${unit}/s · `}
          {control.autonomy === "approve" ? "changed after approval" : "observed only"}
          {!control.bound && " · not connected"}
        </span>
        <span>{high === null ? "" : numberText(high, control.range)}</span>
      </div>
      {control.interlocks.length > 0 && <div className="muted">Needs {control.interlocks.join(" and ")}</div>}
      {newest && (
        <div className="muted">
          Last command {numberText(newest.value, control.range)} {unit} by {newest.by}: {newest.ended?.result ?? (newest.admission === "refused" ? "refused" : "waiting for the plant")}
        </div>
      )}
    </div>
  );
}

export function Controls({ asset }: { asset: Asset }) {
  const controls = usePlant().controlsOf(asset.path);
  return controls.length === 0 ? null : (
    <section className="panel" aria-label="Controls">
      <header>
        <h2>Controls</h2>
      </header>
      {controls.map((control) => (
        <ControlRow key={control.path} control={control} />
      ))}
    </section>
  );
}

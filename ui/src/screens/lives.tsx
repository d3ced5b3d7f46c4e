// How long an asset's parts will last: the estimate, how sure it is, and how it came about.

import { useMemo } from "react";
import type { Asset, Estimator } from "../api/types";
import { useBelief, useNow, usePlant, useWidth } from "../state/hooks";
import { chanceText, lifeRangeText, lifeText, lifeUnit, pathsOf } from "../state/estimates";
import { durationText, nameText, utcText } from "../state/words";
import { Chart, type Limit, type Line } from "../trend/chart";
import { columnsOf, gapOf, type Series } from "../trend/series";
import { useTrends } from "../trend/use_trends";

const kShortest = 3_600_000; // ms
const kLongest = 30 * 86_400_000;
const kHeight = 120;

/** How the estimate developed, in `perDay` parts of a day. */
function lineOf(life: Estimator, series: Map<string, Series>, gap: number, perDay: number): Line {
  const [output] = life.outputs;
  const columns = [output?.middle, output?.low, output?.high].map((path) => (path ? series.get(path) : undefined)).map((s) => (s ? columnsOf(s, gap) : { t: [], mean: [] }));
  const [middle, low, high] = columns.map(({ mean }) => mean.map((v) => (v === null ? null : v * perDay)));
  const t = columns[0]?.t ?? [];
  // The three are written together; one that is not as long was cut between two pushes, and is drawn with the next.
  const whole = low?.length === t.length && high?.length === t.length;
  return { label: "remaining", t, mean: middle ?? [], look: "estimate", ...(whole ? { low, high } : {}) };
}

function Development({ life }: { life: Estimator }) {
  const index = usePlant();
  const [ref, width] = useWidth();
  const last = Math.min(kLongest, Math.max(kShortest, life.horizon_s * 1000));
  const span = useMemo(() => ({ last }), [last]);
  const { series, from, until } = useTrends(pathsOf(life), span, width < 100 ? 0 : Math.max(60, Math.round(width / 40) * 20));
  const { unit, perDay } = lifeUnit(life.horizon_s);
  const most = (life.horizon_s / 86_400) * perDay;
  const limits: Limit[] = [{ value: most, label: `${Number(most.toPrecision(2))} ${unit}: it looks no further` }];
  const gap = gapOf(index.signal(life.outputs[0]?.middle ?? ""));
  return (
    <figure ref={ref}>
      <figcaption className="muted">How the estimate developed, {unit}</figcaption>
      {width > 0 && until > 0 && (
        <Chart
          lines={[lineOf(life, series, gap, perDay)]}
          unit={unit}
          from={from}
          until={until}
          height={kHeight}
          label={`How the remaining life of ${nameText(life.name)} was estimated, in ${unit}`}
          yRange={{ low: 0, high: 1.1 * most }}
          limits={limits}
        />
      )}
    </figure>
  );
}

function Life({ life }: { life: Estimator }) {
  const now = useNow();
  const [output] = life.outputs;
  const middle = useBelief(output?.middle ?? "");
  const low = useBelief(output?.low ?? "").value;
  const high = useBelief(output?.high ?? "").value;
  const chance = useBelief(output?.probability ?? "").value;
  const told = middle.time === null ? "" : `${utcText(middle.time)}, ${durationText(Math.max(0, Math.round((now - middle.time) / 1000)))} ago`;
  return (
    <article className="life" aria-label={`Remaining life of ${nameText(life.name)}`}>
      <h3 title={life.path}>
        {nameText(life.name)} <span className="muted">until {life.ends ?? "its end"}</span>
      </h3>
      {middle.value === null ? (
        <p className="muted">Not known yet: it has still to learn what is healthy.</p>
      ) : (
        <dl className="life-figures">
          <div>
            <dt>remaining, median</dt>
            <dd className="life-median num" title={told}>{lifeText(middle.value, life.horizon_s).replace("more than ", "> ")}</dd>
          </div>
          {low !== null && high !== null && (
            <div>
              <dt>{Math.round(life.coverage * 100)} % interval</dt>
              <dd className="num">{lifeRangeText(low, high, life.horizon_s)}</dd>
            </div>
          )}
          {chance !== null && (
            <div>
              <dt>fails before the next planned stop</dt>
              <dd className="life-chance num">
                <span className="confidence-bar" aria-hidden="true"><i style={{ width: `${chance * 100}%` }} /></span>
                {chanceText(chance)}
              </dd>
            </div>
          )}
        </dl>
      )}
      <Development life={life} />
    </article>
  );
}

export function Lives({ asset }: { asset: Asset }) {
  const lives = usePlant().estimatorsOf(asset.path).filter((e) => e.kind === "life");
  return lives.length === 0 ? null : (
    <section className="panel" aria-label="Remaining life">
      <header>
        <h2>Remaining life</h2>
      </header>
      {lives.map((life) => (
        <Life key={life.path} life={life} />
      ))}
    </section>
  );
}

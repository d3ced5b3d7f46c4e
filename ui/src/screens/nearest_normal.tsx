// What an alarm's drivers did when they were normal and most alike, beside what they did when it began: on one scale.

import { useMemo } from "react";
import type { Alarm } from "../api/types";
import { Moment, Trouble } from "../parts/controls";
import { usePlant, useWidth } from "../state/hooks";
import { nameText, unitText } from "../state/words";
import { Chart, type Line } from "../trend/chart";
import { columnsOf, extentOf, gapOf, type Series } from "../trend/series";
import { useTrends } from "../trend/use_trends";

const kAround = 5 * 60_000; // ms on either side
const kPoints = 120;
const kMost = 3;
const kHeight = 96;

const around = (t: number) => ({ from: t - kAround, until: t + kAround });

/** A stretch around `middle` as a line on an axis that begins there. */
function lineOf(series: Series | undefined, middle: number, gap: number, label: string, look: Line["look"]): Line {
  if (!series) return { label, t: [], mean: [], look };
  const { t, mean, min, max } = columnsOf(series, gap);
  return { label, t: t.map((at) => at - middle), mean, low: min, high: max, look };
}

export function NearestNormal({ alarm, normal }: { alarm: Alarm; normal: string }) {
  const index = usePlant();
  const [ref, width] = useWidth();
  const onset = Date.parse(alarm.onset);
  const then = Date.parse(normal);
  const paths = alarm.drivers.slice(0, kMost).map((d) => d.signal).filter((path) => index.signal(path));
  const points = width > 0 ? kPoints : 0;
  const atOnset = useTrends(paths, useMemo(() => around(onset), [onset]), points);
  const atNormal = useTrends(paths, useMemo(() => around(then), [then]), points);
  if (paths.length === 0) return null;
  return (
    <section className="nearest" aria-label="Nearest normal behaviour" ref={ref}>
      <h3>
        Most alike while normal <span className="muted"><span title="Root mean square over the detector’s signals">{Number(alarm.nearest_distance.toPrecision(2))} usual spreads away</span></span>
      </h3>
      <Trouble text={atOnset.trouble || atNormal.trouble} />
      <div className="nearest-grid">
        <span />
        <span className="muted">normal, around <Moment at={then} /></span>
        <span className="muted">this alarm, around its onset at <Moment at={onset} /></span>
        {width > 0 && paths.map((path) => {
          const signal = index.signal(path);
          const unit = unitText(signal?.unit ?? "");
          const name = nameText(signal?.name ?? path);
          const yRange = extentOf([atOnset.series.get(path), atNormal.series.get(path)]) ?? undefined;
          const chart = (title: string, middle: number, series: Series | undefined, look: Line["look"]) => (
            <Chart
              lines={[lineOf(series, middle, gapOf(signal), title, look)]}
              unit={signal?.unit ?? ""}
              from={-kAround}
              until={kAround}
              height={kHeight}
              relative
              label={`${name} ${title}, five minutes on either side, in ${unit}`}
              yRange={yRange}
              mark={{ at: 0, label: "" }}
            />
          );
          return (
            <div key={path} className="nearest-row">
              <span className="nearest-name" title={path}>{name} <span className="unit muted">{unit}</span></span>
              {chart("while normal", then, atNormal.series.get(path), "estimate")}
              {chart("at the onset", onset, atOnset.series.get(path), "measured")}
            </div>
          );
        })}
      </div>
    </section>
  );
}

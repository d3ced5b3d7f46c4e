// An asset's signals as indicator rows: value, band, recent course. A row's box puts its trend on the right.

import { memo, useMemo } from "react";
import type { Alarm, Asset, Limits, Priority, Signal } from "../api/types";
import { Gauge, Sparkline, Value } from "../parts/value";
import { usePlant } from "../state/hooks";
import { rankOf } from "../state/plant_index";
import { nameText } from "../state/words";
import { lastOf, usualBand, type Series } from "../trend/series";
import { useTrends } from "../trend/use_trends";

const kSparkSpan = { last: 3_600_000 };
const kSparkPoints = 60;

interface RowProps {
  signal: Signal;
  series: Series | undefined;
  from: number;
  until: number;
  band: Limits | null;
  bandText: string;
  setpoint: string | null;
  priority: Priority | null;
  shown: boolean;
  onToggle: (path: string) => void;
}

const Row = memo(function Row({ signal, series, from, until, band, bandText, setpoint, priority, shown, onToggle }: RowProps) {
  const name = nameText(signal.name);
  return (
    <tr className={`signal-row ${shown ? "shown" : ""} ${priority ? `driving p-${priority}` : ""}`}>
      <th scope="row">
        <label title={[signal.path, signal.description].filter(Boolean).join("\n")}>
          <input type="checkbox" checked={shown} onChange={() => onToggle(signal.path)} aria-label={`Trend of ${name}`} />
          {name}
        </label>
      </th>
      <td className="signal-value">
        <Value signal={signal} showAge />
      </td>
      <td className="signal-gauge">
        <Gauge signal={signal} band={band} bandText={bandText} setpoint={setpoint} priority={priority} />
      </td>
      <td className="signal-spark">
        <Sparkline series={series} signal={signal} from={from} until={until} last={lastOf(series)} band={signal.normal} />
      </td>
    </tr>
  );
});

/** The worst priority of the alarms that a signal drives. */
function priorityOf(path: string, alarms: Alarm[]): Priority | null {
  const driven = alarms.filter((a) => !a.cleared_at && a.drivers.some((d) => d.signal === path && d.contribution > 0.1));
  return driven.sort((a, b) => rankOf(a.priority) - rankOf(b.priority))[0]?.priority ?? null;
}

export function SignalRows({ asset, shown, onToggle, alarms }: {
  asset: Asset; shown: string[]; onToggle: (path: string) => void; alarms: Alarm[];
}) {
  const index = usePlant();
  const signals = useMemo(() => index.measuredOf(asset.path), [index, asset]);
  const { series, from, until } = useTrends(signals.map((s) => s.path), kSparkSpan, kSparkPoints);
  return (
    <section className="panel signals" aria-label="Signals">
      <table>
        <thead>
          <tr>
            <th scope="col">Signal</th>
            <th scope="col" className="right">Value</th>
            <th scope="col">In its band</th>
            <th scope="col">1 h</th>
          </tr>
        </thead>
        <tbody>
          {signals.map((signal) => {
            const found = series.get(signal.path);
            return (
              <Row
                key={signal.path}
                signal={signal}
                series={found}
                from={from}
                until={until}
                band={signal.normal ?? (found ? usualBand(found) : null)}
                bandText={signal.normal ? "normal" : "usual in the last hour"}
                setpoint={index.setpointFor(signal.path)}
                priority={priorityOf(signal.path, alarms)}
                shown={shown.includes(signal.path)}
                onToggle={onToggle}
              />
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

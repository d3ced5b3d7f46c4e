// The plant as a flow: symbols where the connections put them, each with the few values that matter.

import { memo, useMemo, type ReactNode } from "react";
import type { Asset, Signal } from "../api/types";
import { AlarmGlyph, AssetSymbol } from "../parts/glyphs";
import { useNear } from "../parts/near";
import { Empty, Go } from "../parts/controls";
import { Sparkline, Value } from "../parts/value";
import { useBelief, useDesk, usePlant, useTroubles, useWidth } from "../state/hooks";
import { needsAttention, type PlantIndex, type Trouble } from "../state/plant_index";
import { nameText } from "../state/words";
import { lastOf } from "../trend/series";
import { useTrends, type Trends } from "../trend/use_trends";
import { layOutFlow, type FlowLayout } from "./flow_layout";

const kRowHeight = 262;
const kShortTrend = { last: 3_600_000 };
const kShortPoints = 60;
const kSymbolY = 58; // of its middle, from the top of a row
const kKeyValues = 3;

// Told first, where an asset has them: what flows, how much there is, what drives it.
const kTelling = [/^level$/, /^flow$/, /differential/, /^position$/, /^speed$/, /suction_pressure/, /pressure/, /vibration/, /inflow/, /power/];

/** What an asset shows of itself: what drives its alarms first, then what tells most. */
function keySignals(index: PlantIndex, asset: string, driving: Set<string>): Signal[] {
  const telling = (s: Signal) => {
    const at = kTelling.findIndex((pattern) => pattern.test(s.name));
    return at === -1 ? kTelling.length : at;
  };
  return index
    .measuredOf(asset)
    .filter((s) => !/setpoint/.test(s.name))
    .map((s, order) => ({ s, rank: (driving.has(s.path) ? -100 : 0) + telling(s) + order / 1000 }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, kKeyValues)
    .map(({ s }) => s);
}

function Level({ signal, children }: { signal: Signal; children: (fill: number | null) => ReactNode }) {
  const { value } = useBelief(signal.path);
  const { low, high } = signal.range;
  return children(value === null || low === null || high === null || high <= low ? null : (value - low) / (high - low));
}

const Symbol = memo(function Symbol({ asset, level }: { asset: Asset; level: Signal | undefined }) {
  const draw = (fill: number | null) => (
    <svg className="asset-symbol" width="64" height="56" viewBox="-32 -28 64 56" aria-hidden="true">
      <AssetSymbol type={asset.type || asset.name} fill={fill} />
    </svg>
  );
  return level ? <Level signal={level}>{draw}</Level> : draw(null);
});

interface NodeProps {
  asset: Asset;
  trouble: Trouble | undefined;
  driving: Set<string>;
  signals: Signal[];
  trends: Trends;
}

const Node = memo(function Node({ asset, trouble, driving, signals, trends }: NodeProps) {
  const index = usePlant();
  const level = index.measuredOf(asset.path).find((s) => s.name === "level");
  return (
    <Go to={{ screen: "asset", asset: asset.path }} className={`node ${trouble ? `p-${trouble.worst}` : ""}`} title={`${asset.path}\n${asset.type} ${asset.serial}`}>
      <span className="node-name">
        {trouble && <AlarmGlyph priority={trouble.worst} filled={trouble.unacknowledged > 0} size={16} />}
        {nameText(asset.name)}
        {trouble && <span className="for-readers">, {trouble.count} alarms, worst {trouble.worst}</span>}
      </span>
      <Symbol asset={asset} level={level} />
      <span className="node-values">
        {signals.map((signal) => (
          <span key={signal.path} className={`node-value ${driving.has(signal.path) ? "driving" : ""}`}>
            <span className="node-label">{nameText(signal.name)}</span>
            <Value signal={signal} />
            {signal.states.length === 0 && (
              <Sparkline
                series={trends.series.get(signal.path)}
                signal={signal}
                from={trends.from}
                until={trends.until}
                last={lastOf(trends.series.get(signal.path))}
                band={signal.normal}
              />
            )}
          </span>
        ))}
      </span>
    </Go>
  );
});

function Pipes({ layout, width }: { layout: FlowLayout; width: number }) {
  const { connections } = usePlant().plant;
  const cell = width / layout.columns;
  const at = new Map(layout.places.map((p) => [p.asset, { x: (p.column + 0.5) * cell, y: p.row * kRowHeight + kSymbolY }]));
  return (
    <svg className="pipes" width={width} height={layout.rows * kRowHeight} aria-hidden="true">
      {connections.map((c) => {
        const [a, b] = [at.get(c.from_asset), at.get(c.to_asset)];
        if (!a || !b || a === b) return null;
        const bend = b.x - cell / 2;
        const path = a.y === b.y ? `M${a.x} ${a.y}H${b.x}` : `M${a.x} ${a.y}H${bend}V${b.y}H${b.x}`;
        const arrow = a.y === b.y ? (a.x + b.x) / 2 : a.x + Math.min(cell / 2, bend - a.x) * 0.75;
        return (
          <g key={`${c.from}>${c.to}`}>
            <path d={path} />
            <path className="flow-arrow" d={`M${arrow - 3} ${a.y - 5}l6 5-6 5`} />
          </g>
        );
      })}
    </svg>
  );
}

/** A node's height before it is drawn. Units: px. */
const heightOf = (signals: Signal[]) => signals.reduce((sum, s) => sum + (s.states.length === 0 ? 44 : 26), 38);

export function Schematic() {
  const index = usePlant();
  const troubles = useTroubles();
  const { alarms } = useDesk();
  const [widthRef, width] = useWidth();
  const layout = useMemo(() => layOutFlow(index.plant.connections), [index]);
  const driving = useMemo(
    () => new Set(alarms.filter((a) => needsAttention(a) && !a.cleared_at).flatMap((a) => a.drivers.filter((d) => d.contribution > 0.1).map((d) => d.signal))),
    [alarms],
  );
  const others = useMemo(() => {
    const placed = new Set(layout.places.map((p) => p.asset));
    return index.plant.assets.map((a) => a.path).filter((path) => !placed.has(path) && index.measuredOf(path).length > 0);
  }, [index, layout]);
  const drawn = useMemo(() => [...layout.places.map((p) => p.asset), ...others], [layout, others]);
  const signals = useMemo(() => new Map(drawn.map((path) => [path, keySignals(index, path, driving)])), [index, drawn, driving]);
  const [nearRef, near] = useNear(drawn.join());
  const numbers = drawn.filter((path) => near.has(path)).flatMap((path) => signals.get(path) ?? []).filter((s) => s.states.length === 0);
  const trends = useTrends(numbers.map((s) => s.path), kShortTrend, kShortPoints);
  const node = (path: string) => {
    const asset = near.has(path) ? index.asset(path) : undefined;
    return asset && <Node asset={asset} trouble={troubles.get(path)} driving={driving} signals={signals.get(path) ?? []} trends={trends} />;
  };

  if (drawn.length === 0) return <Empty title="Nothing to show yet">The twin file names no connections and no assets with signals.</Empty>;
  return (
    <div className="schematic" ref={nearRef}>
      <div className="flow" ref={widthRef} style={{ height: layout.places.length === 0 ? 0 : layout.rows * kRowHeight }}>
        {width > 0 && layout.places.length > 0 && <Pipes layout={layout} width={width} />}
        {layout.places.map(({ asset, column, row }) => (
          <div
            key={asset}
            data-box={asset}
            className="flow-cell"
            style={{ left: `${(100 * column) / layout.columns}%`, width: `${100 / layout.columns}%`, top: row * kRowHeight, minHeight: kSymbolY }}
          >
            {node(asset)}
          </div>
        ))}
      </div>
      {others.length > 0 && (
        <section className="others" aria-label="Assets outside the flow">
          {others.map((asset) => (
            <div key={asset} data-box={asset} style={{ minHeight: heightOf(signals.get(asset) ?? []) }}>
              {node(asset)}
            </div>
          ))}
        </section>
      )}
    </div>
  );
}

// One asset: its signals in their bands, their trends, its detectors, controls and recent events.

import { useMemo, useState } from "react";
import { HealthNote } from "../frame/tree";
import { AlarmGlyph } from "../parts/glyphs";
import { Age, Empty, Go } from "../parts/controls";
import { useDesk, usePlant } from "../state/hooks";
import { byUrgency, needsAttention, stateOf, type PlantIndex } from "../state/plant_index";
import { useShownAsset } from "../state/route";
import { nameText } from "../state/words";
import type { Alarm, Asset } from "../api/types";
import { AssetEvents } from "./asset_events";
import { Controls, Detectors } from "./asset_parts";
import { Estimates } from "./estimates";
import { Lives } from "./lives";
import { SignalRows } from "./signal_rows";
import { TrendPanel } from "./trend_panel";

const kFirstTrends = 3;

/** Trends shown at first: what drives the alarms, otherwise the first few. */
function firstTrends(index: PlantIndex, asset: Asset, alarms: Alarm[]): string[] {
  const own = index.measuredOf(asset.path).filter((s) => s.states.length === 0).map((s) => s.path);
  const driving = alarms.flatMap((a) => a.drivers.map((d) => d.signal)).filter((path) => own.includes(path));
  return [...new Set([...driving, ...own])].slice(0, kFirstTrends);
}

function Lineage({ asset }: { asset: Asset }) {
  const index = usePlant();
  const line = index.lineage(asset.path);
  return (
    <nav aria-label="Where it stands" className="lineage">
      {line.map((step, i) => (
        <span key={step.path}>
          {i < line.length - 1 ? (
            <Go to={step.path === "" ? { screen: "plant", asset: "" } : { screen: "asset", asset: step.path }}>{nameText(step.name || index.plant.name)}</Go>
          ) : (
            <h1>{nameText(step.name)}</h1>
          )}
        </span>
      ))}
      <HealthNote path={asset.health} label="Health" />
      <span className="muted">{[asset.type, asset.serial, asset.description].filter(Boolean).join(" · ")}</span>
    </nav>
  );
}

function AlarmStrip({ alarms }: { alarms: Alarm[] }) {
  return (
    <ul className="alarm-strip" aria-label="Alarms of this asset">
      {alarms.map((alarm) => (
        <li key={alarm.id} className={`p-${alarm.priority}`}>
          <AlarmGlyph priority={alarm.priority} filled={stateOf(alarm) === "unacknowledged"} />
          <span>
            <Go to={{ screen: "alarms" }} className="alarm-name">{nameText(alarm.name)}</Go> <span className="muted">since <Age of={alarm.onset} /> · {stateOf(alarm)}</span>
            {alarm.action && <span className="alarm-action">{alarm.action}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Children({ asset }: { asset: Asset }) {
  const children = usePlant().childrenOf(asset.path);
  return children.length === 0 ? null : (
    <ul className="children">
      {children.map((child) => (
        <li key={child.path}>
          <Go to={{ screen: "asset", asset: child.path }}>{nameText(child.name)}</Go> <span className="muted">{child.type}</span>
        </li>
      ))}
    </ul>
  );
}

function AssetBody({ asset }: { asset: Asset }) {
  const index = usePlant();
  const { alarms } = useDesk();
  const own = useMemo(
    () => alarms.filter((a) => needsAttention(a) && (a.asset === asset.path || a.asset.startsWith(`${asset.path}.`))).sort(byUrgency),
    [alarms, asset],
  );
  const [chosen, setChosen] = useState<string[] | null>(null);
  const trends = chosen ?? firstTrends(index, asset, own.filter((a) => a.asset === asset.path));
  const toggle = (path: string) => setChosen(trends.includes(path) ? trends.filter((p) => p !== path) : [...trends, path]);
  const hasSignals = index.measuredOf(asset.path).length > 0;
  return (
    <section className="asset-middle" aria-label={nameText(asset.name)}>
      <Lineage asset={asset} />
      {own.length > 0 && <AlarmStrip alarms={own} />}
      <Children asset={asset} />
      {hasSignals && (
        <div className="asset-columns">
          <div className="asset-left">
            <SignalRows asset={asset} shown={trends} onToggle={toggle} alarms={own} />
            <Lives asset={asset} />
            <Estimates asset={asset} />
            <Detectors asset={asset} />
            <Controls asset={asset} />
          </div>
          <TrendPanel asset={asset} paths={trends} />
        </div>
      )}
      {!hasSignals && index.childrenOf(asset.path).length === 0 && <Empty title="No signals">The twin file gives this asset no signals.</Empty>}
      <AssetEvents asset={asset} />
    </section>
  );
}

export function AssetScreen() {
  const path = useShownAsset();
  const asset = usePlant().asset(path);
  return asset ? <AssetBody key={path} asset={asset} /> : <Empty title={`There is no asset "${path}"`}>Choose one in the tree.</Empty>;
}

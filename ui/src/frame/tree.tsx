// The asset tree. Normal assets show their name and nothing else.

import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { Asset } from "../api/types";
import { AlarmGlyph } from "../parts/glyphs";
import { useBelief, usePlant, useTroubles } from "../state/hooks";
import type { PlantIndex } from "../state/plant_index";
import { go, useScreen, useShownAsset } from "../state/route";
import { nameText } from "../state/words";

interface Row {
  asset: Asset;
  level: number;
  open: boolean;
  branch: boolean;
}

function rowsOf(index: PlantIndex, closed: Set<string>): Row[] {
  const rows: Row[] = [];
  const visit = (asset: Asset, level: number) => {
    const children = index.childrenOf(asset.path);
    const open = !closed.has(asset.path);
    rows.push({ asset, level, open, branch: children.length > 0 });
    if (open) for (const child of children) visit(child, level + 1);
  };
  const root = index.plant.assets[0];
  if (root) visit(root, 1);
  return rows;
}

const kWorthTelling = 0.85;

/** The health of an asset, told only when it is no longer good. */
export function HealthNote({ path, label = "" }: { path: string | null; label?: string }) {
  const { value, quality } = useBelief(path ?? "");
  if (path === null || value === null || quality === "missing" || value >= kWorthTelling) return null;
  return (
    <span className="health-note num" title={`Health ${Math.round(value * 100)} %: 100 is healthy, 0 failed`}>
      <span className="health-ring" aria-hidden="true">
        <i style={{ height: `${value * 100}%` }} />
      </span>
      <span className={label ? "" : "for-readers"}>{label || "health"} </span>
      {Math.round(value * 100)} %
    </span>
  );
}

export function AssetTree() {
  const index = usePlant();
  const screen = useScreen();
  const shown = useShownAsset();
  const troubles = useTroubles();
  const [closed, setClosed] = useState(new Set<string>());
  const [focused, setFocused] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const rows = useMemo(() => rowsOf(index, closed), [index, closed]);
  const selected = screen === "asset" ? shown : screen === "plant" ? "" : null;

  const visit = (path: string) => go(path === "" ? { screen: "plant", asset: "" } : { screen: "asset", asset: path });
  const focus = (path: string | undefined) => {
    if (path === undefined) return;
    setFocused(path);
    list.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  };
  const fold = (path: string, close: boolean) =>
    setClosed((before) => {
      const after = new Set(before);
      if (close) after.add(path);
      else after.delete(path);
      return after;
    });

  const press = (event: KeyboardEvent, at: number) => {
    const row = rows[at];
    if (!row) return;
    const { asset, open, branch } = row;
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(rows[at + 1]?.asset.path),
      ArrowUp: () => focus(rows[at - 1]?.asset.path),
      ArrowRight: () => (branch && !open ? fold(asset.path, false) : focus(branch ? rows[at + 1]?.asset.path : undefined)),
      ArrowLeft: () => (branch && open ? fold(asset.path, true) : focus(asset.parent ?? undefined)),
      Home: () => focus(rows[0]?.asset.path),
      End: () => focus(rows.at(-1)?.asset.path),
      Enter: () => visit(asset.path),
      " ": () => visit(asset.path),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  const tabStop = rows.some((row) => row.asset.path === focused) ? focused : (rows[0]?.asset.path ?? "");
  return (
    <nav className="tree" aria-label="Assets">
      <ul role="tree" aria-label="Assets" ref={list}>
        {rows.map(({ asset, level, open, branch }, at) => {
          const trouble = troubles.get(asset.path);
          const name = asset.path === "" ? nameText(asset.name || index.plant.name) : nameText(asset.name);
          return (
            <li
              key={asset.path}
              role="treeitem"
              aria-level={level}
              aria-expanded={branch ? open : undefined}
              aria-selected={asset.path === selected}
              data-path={asset.path}
              tabIndex={asset.path === tabStop ? 0 : -1}
              style={{ paddingLeft: 4 + (level - 1) * 14 }}
              onFocus={() => setFocused(asset.path)}
              onKeyDown={(event) => press(event, at)}
              onClick={() => visit(asset.path)}
              title={[asset.path || index.plant.name, asset.type, asset.serial].filter(Boolean).join(" · ")}
            >
              <span
                className={`twist ${branch ? "" : "leaf"} ${open ? "open" : ""}`}
                aria-hidden="true"
                onClick={(event) => {
                  if (!branch) return;
                  event.stopPropagation();
                  fold(asset.path, open);
                }}
              />
              <span className="tree-name">{name}</span>
              <HealthNote path={asset.health} />
              {trouble && (
                <span className="tree-trouble">
                  <AlarmGlyph priority={trouble.worst} filled={trouble.unacknowledged > 0} size={16} />
                  {trouble.count > 1 && <span className="num" aria-hidden="true">{trouble.count}</span>}
                  <span className="for-readers">
                    {trouble.count} alarms, worst {trouble.worst}
                  </span>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

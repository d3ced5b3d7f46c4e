// Places assets on a grid by what flows into what: columns by distance from the sources, rows kept together along a line.

import type { Connection } from "../api/types";

export interface Place {
  asset: string;
  column: number;
  row: number; // may lie between two rows, where several lines meet
}

export interface FlowLayout {
  places: Place[];
  columns: number;
  rows: number;
}

/** Longest distance from a source. Walks at most once round a loop. */
function columnsOf(assets: string[], into: Map<string, string[]>): Map<string, number> {
  const column = new Map<string, number>();
  const visiting = new Set<string>();
  const visit = (asset: string): number => {
    const known = column.get(asset);
    if (known !== undefined) return known;
    if (visiting.has(asset)) return -1; // a loop: its back edge does not count
    visiting.add(asset);
    const found = Math.max(-1, ...(into.get(asset) ?? []).map(visit)) + 1;
    visiting.delete(asset);
    column.set(asset, found);
    return found;
  };
  assets.forEach(visit);
  return column;
}

export function layOutFlow(connections: Connection[]): FlowLayout {
  const assets = [...new Set(connections.flatMap((c) => [c.from_asset, c.to_asset]))];
  const into = new Map<string, string[]>();
  for (const { from_asset, to_asset } of connections) {
    if (from_asset !== to_asset) into.set(to_asset, [...(into.get(to_asset) ?? []), from_asset]);
  }
  const column = columnsOf(assets, into);
  const columns = Math.max(0, ...column.values()) + 1;

  const row = new Map<string, number>();
  let sources = 0;
  for (let c = 0; c < columns; ++c) {
    const here = assets.filter((a) => column.get(a) === c);
    const wish = (a: string) => {
      const rows = (into.get(a) ?? []).map((b) => row.get(b)).filter((r): r is number => r !== undefined);
      return rows.length === 0 ? sources++ : rows.reduce((x, y) => x + y, 0) / rows.length;
    };
    const wished = here.map((a) => ({ a, r: wish(a) })).sort((x, y) => x.r - y.r);
    let free = -Infinity;
    for (const { a, r } of wished) {
      const taken = Math.max(r, free);
      row.set(a, taken);
      free = taken + 1;
    }
  }
  const places = assets.map((asset) => ({ asset, column: column.get(asset) ?? 0, row: row.get(asset) ?? 0 }));
  return { places, columns, rows: Math.max(0, ...row.values()) + 1 };
}

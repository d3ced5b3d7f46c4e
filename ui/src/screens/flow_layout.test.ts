import assert from "node:assert/strict";
import { test } from "node:test";
import { layOutFlow } from "./flow_layout";

const pipe = (from_asset: string, to_asset: string) => ({ from: from_asset, to: to_asset, from_asset, to_asset, kind: "pipe" });
const at = (layout: ReturnType<typeof layOutFlow>, asset: string) => {
  const place = layout.places.find((p) => p.asset === asset);
  return place && [place.column, place.row];
};

test("two lines into one tank: a row each, the tank between them", () => {
  const layout = layOutFlow([1, 2].flatMap((n) => [pipe(`strainer_${n}`, `pump_${n}`), pipe(`pump_${n}`, `valve_${n}`), pipe(`valve_${n}`, "tank")]));
  assert.deepEqual([layout.columns, layout.rows], [4, 2]);
  assert.deepEqual(at(layout, "strainer_1"), [0, 0]);
  assert.deepEqual(at(layout, "valve_2"), [2, 1]);
  assert.deepEqual(at(layout, "tank"), [3, 0.5]);
});

test("a source that branches gives each branch a row of its own", () => {
  const layout = layOutFlow([pipe("river", "a"), pipe("river", "b"), pipe("river", "c")]);
  const rows = ["a", "b", "c"].map((asset) => at(layout, asset)?.[1]);
  assert.equal(new Set(rows).size, 3);
  assert.equal(layout.rows, 3);
});

test("loops and pipes to oneself end", () => {
  const layout = layOutFlow([pipe("a", "b"), pipe("b", "c"), pipe("c", "a"), pipe("c", "c")]);
  assert.equal(layout.places.length, 3);
  assert.ok(layout.places.every((p) => p.column >= 0 && p.column < layout.columns));
});

test("nothing connected, nothing placed", () => assert.deepEqual(layOutFlow([]).places, []));

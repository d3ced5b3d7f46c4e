// The question's side of a what-if: what is changed, how far to look, how many futures.

import { useId, useState } from "react";
import type { How } from "../api/client";
import type { Adjustable, Control } from "../api/types";
import { Segments } from "../parts/controls";
import { useBelief, usePlant } from "../state/hooks";
import { numberText, pathText, shortPathText, unitText } from "../state/words";

export interface QuantityChange {
  how: How;
  value: number;
}

export function ControlInput({ control, value, onChange }: { control: Control; value: number | null; onChange: (value: number | null) => void }) {
  const present = useBelief(usePlant().setpointOf(control) ?? "").value;
  const { low, high } = control.range;
  if (low === null || high === null) return null;
  const step = (high - low) / 200 >= 1 ? Math.round((high - low) / 180) : (high - low) / 180;
  const shown = value ?? present ?? low;
  const clamp = (v: number) => onChange(Math.min(high, Math.max(low, v)));
  return (
    <div className={`whatif-control ${value === null ? "" : "moved"}`}>
      <label>
        <span className="strong" title={control.path}>{shortPathText(control.path)}</span>
        <input type="range" min={low} max={high} step={step} value={shown} onChange={(event) => clamp(Number(event.target.value))} />
      </label>
      <div className="whatif-number">
        <input
          type="number"
          className="num"
          aria-label={`${shortPathText(control.path)} in ${control.unit}`}
          min={low}
          max={high}
          step="any"
          value={Number(shown.toPrecision(6))}
          onChange={(event) => event.target.value !== "" && clamp(Number(event.target.value))}
        />
        <span className="unit">{unitText(control.unit)}</span>
        <button type="button" className="quiet" disabled={value === null} onClick={() => onChange(null)} title="Leave it as it is">
          as now
        </button>
      </div>
      <div className="muted num">
        now {present === null ? "–" : numberText(present, control.range)} · limits {numberText(low, control.range)} … {numberText(high, control.range)}
      </div>
    </div>
  );
}

/** Seconds are read and written in the unit in which a person would say them. */
function unitOf(quantity: Adjustable): { text: string; size: number } {
  if (quantity.unit !== "s") return { text: unitText(quantity.unit), size: 1 };
  const seconds = Math.abs(quantity.value ?? 0);
  if (seconds >= 2 * 86_400) return { text: "d", size: 86_400 };
  if (seconds >= 2 * 3600) return { text: "h", size: 3600 };
  return seconds >= 120 ? { text: "min", size: 60 } : { text: "s", size: 1 };
}

const kHows: { value: How; text: string; title: string }[] = [
  { value: "scale", text: "± %", title: "By so many per cent" },
  { value: "add", text: "+", title: "By so much more" },
  { value: "set", text: "=", title: "To this value" },
];

function QuantityInput({ quantity, change, onChange }: { quantity: Adjustable; change: QuantityChange; onChange: (change: QuantityChange | null) => void }) {
  const unit = unitOf(quantity);
  const inPercent = change.how === "scale";
  const shown = inPercent ? (change.value - 1) * 100 : change.value / unit.size;
  const read = (typed: number) => onChange({ ...change, value: inPercent ? 1 + typed / 100 : typed * unit.size });
  const choose = (how: How) => onChange({ how, value: how === "scale" ? 1.1 : how === "add" ? 0 : (quantity.value ?? 0) });
  return (
    <div className="whatif-control moved">
      <span className="strong" title={`${quantity.name}: ${quantity.meaning}`}>{pathText(quantity.name)}</span>
      <div className="whatif-number">
        <Segments label={`How ${quantity.name} changes`} options={kHows} value={change.how} onChange={choose} />
        <input
          type="number"
          className="num"
          aria-label={`${quantity.name}: ${inPercent ? "per cent" : unit.text}`}
          step="any"
          value={Number(shown.toPrecision(6))}
          onChange={(event) => event.target.value !== "" && read(Number(event.target.value))}
        />
        <span className="unit">{inPercent ? "%" : unit.text}</span>
        <button type="button" className="quiet" onClick={() => onChange(null)} title="Leave it as it is">as now</button>
      </div>
      <div className="muted num">
        {quantity.meaning}; now {quantity.value === null ? "–" : numberText(quantity.value / unit.size)} {unit.text}
      </div>
    </div>
  );
}

/** The quantities that are changed, and a box to find further ones in. */
export function Quantities({ quantities, changes, onChange }: {
  quantities: Adjustable[];
  changes: Record<string, QuantityChange>;
  onChange: (name: string, change: QuantityChange | null) => void;
}) {
  const list = useId();
  const [typed, setTyped] = useState("");
  if (quantities.length === 0) return null;
  const choose = (text: string) => {
    const found = quantities.find((q) => q.name === text);
    setTyped(found ? "" : text);
    if (found && !changes[found.name]) onChange(found.name, { how: "scale", value: 1.1 });
  };
  return (
    <>
      {quantities.map((quantity) => {
        const change = changes[quantity.name];
        return change && <QuantityInput key={quantity.name} quantity={quantity} change={change} onChange={(next) => onChange(quantity.name, next)} />;
      })}
      <label className="field">
        Change
        <input
          type="search"
          list={list}
          value={typed}
          placeholder={`one of ${quantities.length}, such as ${quantities[0]?.name ?? ""}`}
          onChange={(event) => choose(event.target.value)}
        />
        <datalist id={list}>
          {quantities.filter((q) => !changes[q.name]).map((q) => (
            <option key={q.name} value={q.name}>{q.meaning}</option>
          ))}
        </datalist>
      </label>
    </>
  );
}

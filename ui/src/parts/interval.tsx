// What a change is expected to do: with it and without it on one scale, and how sure that is.

import type { ExpectedEffect } from "../api/types";
import { usePlant } from "../state/hooks";
import { nameText, numberText, shortPathText, unitText } from "../state/words";

/** A quantity's scale: what is drawn, a tenth wider on each side. */
function scaleOf(values: number[]): (v: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || Math.abs(high) || 1;
  return (v) => 8 + (84 * (v - low)) / span;
}

export function EffectRow({ effect, measured }: { effect: ExpectedEffect; measured?: number | undefined }) {
  const signal = usePlant().signal(effect.quantity);
  const { without, with_low, with_high } = effect;
  const x = scaleOf([without, effect.with, with_low, with_high, ...(measured === undefined ? [] : [measured])]);
  const largest = Math.max(Math.abs(without), Math.abs(with_low), Math.abs(with_high));
  const range = { low: 0, high: 4 * largest }; // so that a quantity without a range shows three digits
  const text = (v: number) => numberText(v, signal?.range ?? range);
  const unit = unitText(effect.unit);
  const name = signal ? shortPathText(effect.quantity) : nameText(effect.quantity);
  return (
    <tr className="effect">
      <th scope="row" title={effect.quantity}>{name}</th>
      <td className="num" title="If nothing is changed">{text(without)}</td>
      <td className="effect-bar">
        <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
          <line className="effect-axis" x1="4" x2="96" y1="7" y2="7" />
          <rect className="effect-interval" x={x(with_low)} y="4" width={Math.max(1, x(with_high) - x(with_low))} height="6" />
        </svg>
        <i className="effect-without" style={{ left: `${x(without)}%` }} title={`without: ${text(without)} ${unit}`} />
        <i className="effect-with" style={{ left: `${x(effect.with)}%` }} title={`with: ${text(effect.with)} ${unit}`} />
        {measured !== undefined && <i className="effect-measured" style={{ left: `${x(measured)}%` }} title={`measured: ${text(measured)} ${unit}`} />}
      </td>
      <td className="num strong" title={`90 % interval ${text(with_low)} … ${text(with_high)} ${unit}`}>
        {text(effect.with)} <span className="unit">{unit}</span>
        <span className="effect-range">
          {text(with_low)} … {text(with_high)}
        </span>
      </td>
      {measured !== undefined && <td className="num strong">{text(measured)} <span className="unit">{unit}</span></td>}
    </tr>
  );
}

export function Effects({ effects, measured }: { effects: ExpectedEffect[]; measured?: ExpectedEffect[] | undefined }) {
  return (
    <table className="effects">
      <thead>
        <tr>
          <th scope="col">Expected effect</th>
          <th scope="col"><i className="effect-without key" /> without</th>
          <th scope="col"><span className="for-readers">drawn</span></th>
          <th scope="col"><i className="effect-with key" /> with (90 %)</th>
          {measured && <th scope="col"><i className="effect-measured key" /> measured</th>}
        </tr>
      </thead>
      <tbody>
        {effects.map((effect, i) => (
          <EffectRow key={effect.quantity} effect={effect} measured={measured?.[i]?.with} />
        ))}
      </tbody>
    </table>
  );
}

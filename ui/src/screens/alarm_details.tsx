// Why an alarm stands, and what a person can do about it.

import type { Alarm, AlarmLabel, Driver } from "../api/types";
import { Go, Moment, WhyNotWrite, WriteButton } from "../parts/controls";
import { usePlant } from "../state/hooks";
import { stateOf } from "../state/plant_index";
import { nameText, numberText, percentText, unitText } from "../state/words";
import { NearestNormal } from "./nearest_normal";

/** Each driver's part, and its value beside what was expected. */
export function DriverBars({ drivers }: { drivers: Driver[] }) {
  const index = usePlant();
  return (
    <ul className="drivers">
      {drivers.map((driver) => {
        const signal = index.signal(driver.signal);
        const text = (v: number) => numberText(v, signal?.range);
        const side = driver.value > driver.expected ? "▲" : "▼";
        return (
          <li key={driver.signal} title={`${driver.signal}: ${percentText(driver.contribution)} of the score`}>
            <span className="driver-name">{nameText(driver.signal.split(".").at(-1) ?? "")}</span>
            <span className="driver-bar" aria-hidden="true">
              <i style={{ width: `${driver.contribution * 100}%` }} />
            </span>
            <span className="num">
              {side} {text(driver.value)} <span className="muted"><span className="driver-expected">expected {text(driver.expected)}</span> {unitText(signal?.unit ?? "")}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const kTruths: Record<AlarmLabel["truth"], string> = { real: "real", false: "a false alarm", unknown: "can’t be told" };

export const labelText = ({ truth }: AlarmLabel) => kTruths[truth];

interface DetailsProps {
  alarm: Alarm;
  onAcknowledge: () => void;
  onNote: () => void;
  onShelve: () => void;
  onUnshelve: () => void;
  onLabel: () => void;
}

export function AlarmDetails({ alarm, onAcknowledge, onNote, onShelve, onUnshelve, onLabel }: DetailsProps) {
  const state = stateOf(alarm);
  return (
    <div className="alarm-details">
      <dl>
        <div><dt>Cause</dt><dd>{alarm.cause || "–"}</dd></div>
        <div><dt>Consequence</dt><dd>{alarm.consequence || "–"}</dd></div>
        <div><dt>What to do</dt><dd className="strong">{alarm.action || "–"}</dd></div>
        <div>
          <dt>Times</dt>
          <dd>
            began <Moment at={alarm.onset} /> · raised <Moment at={alarm.raised_at} />
            {alarm.acknowledged_at && <> · acknowledged <Moment at={alarm.acknowledged_at} /> by {alarm.acknowledged_by}</>}
            {alarm.cleared_at && <> · cleared <Moment at={alarm.cleared_at} /></>}
            {alarm.shelved_until && <> · shelved until <Moment at={alarm.shelved_until} /> by {alarm.shelved_by}: “{alarm.shelve_reason}”</>}
          </dd>
        </div>
        <div>
          <dt>Found by</dt>
          <dd>
            {alarm.source} <span className="num">score {alarm.score.toFixed(2)}</span> <span className="muted">version {alarm.version || "–"}</span>
          </dd>
        </div>
        <div>
          <dt>What it was</dt>
          <dd>
            {alarm.label ? (
              <>
                <span className="strong">{labelText(alarm.label)}</span>
                {alarm.label.cause && <>: “{alarm.label.cause}”</>} <span className="muted">said {alarm.label.by}</span>
              </>
            ) : (
              <span className="muted">nobody has said yet</span>
            )}
          </dd>
        </div>
      </dl>
      {alarm.drivers.length > 0 && <DriverBars drivers={alarm.drivers} />}
      <div className="button-row">
        {!alarm.acknowledged_at && (
          <>
            <WriteButton className="primary" onClick={onAcknowledge}>Acknowledge</WriteButton>
            <WriteButton onClick={onNote}>Acknowledge with a note…</WriteButton>
          </>
        )}
        {!alarm.cleared_at && state !== "shelved" && <WriteButton onClick={onShelve}>Shelve…</WriteButton>}
        {state === "shelved" && <WriteButton onClick={onUnshelve}>Unshelve</WriteButton>}
        <WriteButton onClick={onLabel}>{alarm.label ? "Change what it was…" : "Was it real?…"}</WriteButton>
        <Go to={{ screen: "asset", asset: alarm.asset }} className="button-like">Open the asset</Go>
        <Go to={{ at: Date.parse(alarm.onset) }} className="button-like">Rewind to its beginning</Go>
      </div>
      <WhyNotWrite />
      {alarm.nearest_normal && <NearestNormal alarm={alarm} normal={alarm.nearest_normal} />}
    </div>
  );
}

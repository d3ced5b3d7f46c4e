// The alarm list: what is open, why, what to do; acknowledge and shelve.

import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "../api/client";
import type { Alarm, Priority } from "../api/types";
import { AlarmGlyph } from "../parts/glyphs";
import { Age, Empty, Moment, Segments, Trouble, WriteButton } from "../parts/controls";
import { useDesk, useKeys, useMayWrite } from "../state/hooks";
import { byUrgency, kPriorities, needsAttention, stateOf } from "../state/plant_index";
import { nameText, pathText, shortPathText } from "../state/words";
import { AlarmDetails, DriverBars, labelText } from "./alarm_details";
import { AlarmFigures } from "./alarm_figures";
import { AcknowledgeDialog, LabelDialog, ShelveDialog } from "./alarm_dialogs";
import { WorthALook } from "./worth_a_look";

type Filter = "open" | "shelved" | "ended";

const kFilters: Record<Filter, (alarm: Alarm) => boolean> = {
  open: needsAttention,
  shelved: (alarm) => stateOf(alarm) === "shelved",
  ended: (alarm) => stateOf(alarm) === "ended",
};

function useFiltered(filter: Filter, priority: Priority | "all", words: string): Alarm[] {
  const { alarms } = useDesk();
  return useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return alarms
      .filter(kFilters[filter])
      .filter((a) => priority === "all" || a.priority === priority)
      .filter((a) => wanted === "" || `${a.name} ${a.asset} ${pathText(a.asset)} ${a.cause}`.toLowerCase().includes(wanted))
      .sort(byUrgency);
  }, [alarms, filter, priority, words]);
}

interface RowProps {
  alarm: Alarm;
  selected: boolean;
  open: boolean;
  onSelect: () => void;
  onToggle: () => void;
  onAcknowledge: () => void;
}

function AlarmRow({ alarm, selected, open, onSelect, onToggle, onAcknowledge }: RowProps) {
  const state = stateOf(alarm);
  const row = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <tr ref={row} data-alarm={alarm.id} className={`alarm-row p-${alarm.priority} is-${state} ${selected ? "selected" : ""}`} aria-selected={selected} onClick={() => (onSelect(), onToggle())}>
      <td className="alarm-glyph-cell">
        <AlarmGlyph priority={alarm.priority} filled={state === "unacknowledged"} size={20} />
        <span className="alarm-priority">{alarm.priority}</span>
      </td>
      <td>
        <button type="button" className="row-button" aria-expanded={open} onFocus={onSelect} onClick={(event) => (event.stopPropagation(), onSelect(), onToggle())}>
          {nameText(alarm.name)}
        </button>
        <span className="muted" title={alarm.asset}>{shortPathText(alarm.asset)}</span>
      </td>
      <td className="alarm-why">
        {alarm.drivers.length > 0 ? <DriverBars drivers={alarm.drivers.slice(0, 3)} /> : <span>{alarm.cause}</span>}
      </td>
      <td className="alarm-do hide-narrow">{alarm.action || <span className="muted">no action given</span>}</td>
      <td>
        <span className={`state state-${state}`}>{state}</span>
        {state === "shelved" && alarm.shelved_until && <span className="muted"> until <Moment at={alarm.shelved_until} /></span>}
        {alarm.label && <span className="alarm-label" title={`${alarm.label.cause || "no cause given"}; said ${alarm.label.by}`}>{labelText(alarm.label)}</span>}
      </td>
      <td className="alarm-ack" onClick={(event) => event.stopPropagation()}>
        {!alarm.acknowledged_at && <WriteButton onClick={onAcknowledge} label={`Acknowledge ${alarm.name}`}>Ack</WriteButton>}
      </td>
      <td className="right"><Age of={alarm.onset} /></td>
    </tr>
  );
}

function List({ alarms, filter }: { alarms: Alarm[]; filter: Filter }) {
  const [selected, setSelected] = useState<number | null>(null);
  const [open, setOpen] = useState<number | null>(null);
  const [dialog, setDialog] = useState<{ kind: "acknowledge" | "shelve" | "label"; alarm: Alarm } | null>(null);
  const [trouble, setTrouble] = useState("");
  const { may, why } = useMayWrite();

  const at = alarms.findIndex((a) => a.id === selected);
  const current = alarms[at];
  const move = (step: number) => setSelected(alarms[Math.min(alarms.length - 1, Math.max(0, at === -1 ? 0 : at + step))]?.id ?? null);
  const act = (what: Promise<unknown>) => what.then(() => setTrouble(""), (error: Error) => setTrouble(error.message));
  const acknowledge = (alarm: Alarm) => {
    if (!may) setTrouble(why);
    else if (!alarm.acknowledged_at) void act(api.acknowledge(alarm.id, ""));
  };
  const shelve = (alarm: Alarm) => (may ? setDialog({ kind: "shelve", alarm }) : setTrouble(why));
  const label = (alarm: Alarm) => (may ? setDialog({ kind: "label", alarm }) : setTrouble(why));
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => current && acknowledge(current),
    s: () => current && !current.cleared_at && !current.shelved_until && shelve(current),
    r: () => current && label(current),
  });

  if (alarms.length === 0) {
    return filter === "open" ? <Empty title="No open alarms">Everything that is watched is as it should be.</Empty> : <Empty title={`No alarm is ${filter}`} />;
  }
  return (
    <>
      <Trouble text={trouble} />
      <table className="alarm-table">
        <thead>
          <tr>
            <th scope="col">Priority</th>
            <th scope="col">Alarm</th>
            <th scope="col">Driven by</th>
            <th scope="col" className="hide-narrow">What to do</th>
            <th scope="col">State</th>
            <th scope="col"><span className="for-readers">Acknowledge</span></th>
            <th scope="col" className="right">Age</th>
          </tr>
        </thead>
        {alarms.map((alarm) => (
          <tbody key={alarm.id}>
            <AlarmRow
              alarm={alarm}
              selected={alarm.id === selected}
              open={alarm.id === open}
              onSelect={() => setSelected(alarm.id)}
              onToggle={() => setOpen((before) => (before === alarm.id ? null : alarm.id))}
              onAcknowledge={() => acknowledge(alarm)}
            />
            {alarm.id === open && (
              <tr className="alarm-open">
                <td colSpan={7}>
                  <AlarmDetails
                    alarm={alarm}
                    onAcknowledge={() => acknowledge(alarm)}
                    onNote={() => setDialog({ kind: "acknowledge", alarm })}
                    onShelve={() => shelve(alarm)}
                    onUnshelve={() => void act(api.unshelve(alarm.id))}
                    onLabel={() => label(alarm)}
                  />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      {dialog?.kind === "acknowledge" && <AcknowledgeDialog alarm={dialog.alarm} onClose={() => setDialog(null)} />}
      {dialog?.kind === "label" && <LabelDialog alarm={dialog.alarm} onClose={() => setDialog(null)} />}
      {dialog?.kind === "shelve" && <ShelveDialog alarm={dialog.alarm} onClose={() => setDialog(null)} />}
    </>
  );
}

export function AlarmsScreen() {
  const { alarms } = useDesk();
  const [filter, setFilter] = useState<Filter>("open");
  const [priority, setPriority] = useState<Priority | "all">("all");
  const [words, setWords] = useState("");
  const shown = useFiltered(filter, priority, words);
  const count = (f: Filter) => alarms.filter(kFilters[f]).length;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Alarms</h1>
        <Segments
          label="Which alarms"
          value={filter}
          onChange={setFilter}
          options={(["open", "shelved", "ended"] as const).map((f) => ({ value: f, text: `${nameText(f)} ${count(f)}` }))}
        />
        <label className="inline-field">
          Priority
          <select value={priority} onChange={(event) => setPriority(event.target.value as Priority | "all")}>
            <option value="all">all</option>
            {kPriorities.map((p) => (
              <option key={p}>{p}</option>
            ))}
          </select>
        </label>
        <input type="search" placeholder="Find" aria-label="Find in alarms" value={words} onChange={(event) => setWords(event.target.value)} />
        <span className="spring" />
        <AlarmFigures />
      </header>
      <section className="panel" aria-label="Alarm list">
        <List alarms={shown} filter={filter} />
      </section>
      <WorthALook />
    </div>
  );
}

// What would happen if: something changed, beside carrying on as now. Asks a simulator; changes nothing.

import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Control, ReadySimulator } from "../api/types";
import { Empty, Segments, Trouble } from "../parts/controls";
import { usePlant } from "../state/hooks";
import { useRoute } from "../state/route";
import { useWhatIf } from "../state/whatif_run";
import { momentText, nameText } from "../state/words";
import { WhatIfAnswerPanel } from "./whatif_answer";
import { ControlInput, Quantities, type QuantityChange } from "./whatif_question";

const kSteps = 120;
const kSecondsWithoutSimulator = 5; // between looks for one that still learns

const kHorizons = {
  minutes: [
    { value: "300", text: "5 min" },
    { value: "600", text: "10 min" },
    { value: "1800", text: "30 min" },
    { value: "3600", text: "1 h" },
  ],
  days: [
    { value: "28800", text: "8 h" },
    { value: "86400", text: "1 d" },
    { value: "604800", text: "7 d" },
    { value: "2592000", text: "30 d" },
    { value: "7776000", text: "90 d" },
  ],
};
const kFutures = [
  { value: "64", text: "64" },
  { value: "256", text: "256" },
  { value: "1024", text: "1,024" },
  { value: "8192", text: "8,192" },
];

/** What the twin's simulators are; asked again while one still learns. */
function useSimulators(): { simulators: ReadySimulator[] | null; trouble: string } {
  const [simulators, setSimulators] = useState<ReadySimulator[] | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let timer = 0;
    const look = () =>
      api.simulators().then(
        (found) => {
          setSimulators(found);
          setTrouble("");
          if (found.some((s) => !s.ready)) timer = window.setTimeout(look, kSecondsWithoutSimulator * 1000);
        },
        (error: Error) => setTrouble(error.message),
      );
    look();
    return () => clearTimeout(timer);
  }, []);
  return { simulators, trouble };
}

function Ask({ simulator }: { simulator: ReadySimulator }) {
  const index = usePlant();
  const { at, known } = useRoute();
  const horizons = simulator.kind === "process_flow" ? kHorizons.days : kHorizons.minutes;
  const [values, setValues] = useState<Record<string, number>>({});
  const [quantities, setQuantities] = useState<Record<string, QuantityChange>>({});
  const [horizon, setHorizon] = useState(horizons[1]!.value);
  const [draws, setDraws] = useState("256");
  const { answer, progress, trouble, ask, stop } = useWhatIf();
  const controls = simulator.controls.map(index.control).filter((c): c is Control => c !== undefined);

  const run = () => {
    const moment = at === null ? {} : { at: new Date(at).toISOString(), ...(known === "then" && { known_at: new Date(at).toISOString() }) };
    ask({
      simulator: simulator.name,
      changes: [
        ...Object.entries(values).map(([control, value]) => ({ control, value })),
        ...Object.entries(quantities).map(([quantity, change]) => ({ quantity, ...change })),
      ],
      horizon_s: Number(horizon),
      step_s: Number(horizon) / kSteps,
      draws: Number(draws),
      seed: 1,
      beside_now: true,
      ...moment,
    });
  };
  const put = <T,>(all: Record<string, T>, name: string, value: T | null): Record<string, T> => {
    const { [name]: _, ...others } = all;
    return value === null ? others : { ...others, [name]: value };
  };
  const moved = Object.keys(values).length + Object.keys(quantities).length > 0;

  return (
    <div className="whatif-columns">
      <section className="panel" aria-label="Question">
        {controls.map((control) => (
          <ControlInput
            key={control.path}
            control={control}
            value={values[control.path] ?? null}
            onChange={(value) => setValues((all) => put(all, control.path, value))}
          />
        ))}
        <Quantities
          quantities={simulator.adjustables}
          changes={quantities}
          onChange={(name, change) => setQuantities((all) => put(all, name, change))}
        />
        <div className="field">
          Look ahead
          <Segments label="Look ahead" options={horizons} value={horizon} onChange={setHorizon} />
        </div>
        <div className="field">
          Futures
          <Segments label="Futures" options={kFutures} value={draws} onChange={setDraws} />
        </div>
        <div className="button-row">
          <button type="button" className="primary" onClick={run} disabled={progress !== null}>{progress === null ? "Run" : "Running…"}</button>
          {progress === null ? (
            <button type="button" onClick={() => (setValues({}), setQuantities({}))} disabled={!moved}>All as now</button>
          ) : (
            <button type="button" onClick={stop} title="What is done by then is the answer">Stop</button>
          )}
        </div>
        {progress !== null && <progress value={progress} aria-label="Futures that are done" />}
        <Trouble text={trouble} />
      </section>
      <section className="panel" aria-label="Answer" aria-live="polite" aria-busy={progress !== null}>
        {answer ? (
          <WhatIfAnswerPanel answer={answer} />
        ) : (
          <Empty title="No answer yet">Change something and run. Each line comes with the band that holds 90 % of the simulated futures.</Empty>
        )}
      </section>
    </div>
  );
}

export function WhatIfScreen() {
  const { at } = useRoute();
  const { simulators, trouble } = useSimulators();
  const [name, setName] = useState("");
  const chosen = simulators?.find((s) => s.name === name) ?? simulators?.[0];

  if (simulators?.length === 0) return <Empty title="Nothing to try">The twin file names no simulator.</Empty>;
  return (
    <div className="page whatif">
      <header className="page-head">
        <h1>What if</h1>
        <span className="muted">Asks the simulator, from {at === null ? "the present" : momentText(at)} on. Changes nothing in the plant.</span>
        {simulators && simulators.length > 1 && (
          <Segments
            label="Simulator"
            options={simulators.map((s) => ({ value: s.name, text: nameText(s.name), title: s.kind }))}
            value={chosen?.name ?? null}
            onChange={setName}
          />
        )}
      </header>
      <Trouble text={trouble} />
      {chosen && !chosen.ready && <Empty title="Not ready yet">{nameText(chosen.why ?? "")}</Empty>}
      {chosen?.ready && <Ask key={chosen.name} simulator={chosen} />}
    </div>
  );
}

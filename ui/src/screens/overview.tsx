// The plant at a glance: its tree, its flow, what is abnormal and what is proposed.

import { AlarmGlyph } from "../parts/glyphs";
import { Age, Empty, Go } from "../parts/controls";
import { useDesk, useNow } from "../state/hooks";
import { byUrgency, needsAttention, stateOf } from "../state/plant_index";
import { countdownText, nameText, percentText, shortPathText } from "../state/words";
import { Schematic } from "./schematic";

const kTop = 6;

function AlarmSummary() {
  const open = useDesk().alarms.filter(needsAttention).sort(byUrgency);
  return (
    <section className="panel" aria-label="Open alarms">
      <header>
        <h2>Alarms</h2>
        <Go to={{ screen: "alarms" }}>{open.length === 0 ? "All" : `All ${open.length}`}</Go>
      </header>
      {open.length === 0 && <Empty title="No open alarms">Everything that is watched is as it should be.</Empty>}
      <ul className="alarm-summary">
        {open.slice(0, kTop).map((alarm) => {
          const state = stateOf(alarm);
          return (
            <li key={alarm.id}>
              <Go to={{ screen: "asset", asset: alarm.asset }} className={`alarm-brief p-${alarm.priority} is-${state}`}>
                <AlarmGlyph priority={alarm.priority} filled={state === "unacknowledged"} />
                <span>
                  <span className="alarm-name">{nameText(alarm.name)}</span>
                  <span className="muted">
                    {shortPathText(alarm.asset)} · {state}
                  </span>
                </span>
                <Age of={alarm.onset} />
              </Go>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Proposals() {
  const now = useNow();
  const open = useDesk().recommendations.filter((r) => !r.decided).sort((a, b) => a.rank - b.rank);
  const best = open[0];
  return (
    <section className="panel" aria-label="Recommendations">
      <header>
        <h2>Recommended</h2>
        <Go to={{ screen: "recommendations" }}>{open.length === 0 ? "Earlier ones" : `All ${open.length}`}</Go>
      </header>
      {!best && <Empty title="Nothing to do">No change promises an improvement now.</Empty>}
      {best && (
        <Go to={{ screen: "recommendations" }} className="proposal-brief">
          <span className="strong">{best.title}</span>
          <span className="muted">{best.reason}</span>
          <span className="num">
            {percentText(best.confidence)} confident · answer within {countdownText(Date.parse(best.expires) - now)}
          </span>
        </Go>
      )}
    </section>
  );
}

export function OverviewScreen() {
  return (
    <div className="overview">
      <section className="overview-middle" aria-label="Schematic">
        <Schematic />
      </section>
      <aside className="overview-side">
        <AlarmSummary />
        <Proposals />
      </aside>
    </div>
  );
}

// The audit trail: everything that happened, newest first.

import { useState } from "react";
import { Empty, Go, Moment, Trouble } from "../parts/controls";
import { useEvents } from "../state/events";
import type { Proposal } from "../state/learning";
import { sayEvent } from "../state/sayings";
import { shortPathText } from "../state/words";
import { LearnAgain, LearnAgainDialog } from "./learn_again";

const kKinds = [
  { text: "Everything", kinds: "" },
  { text: "Alarms", kinds: "AlarmRaised,AlarmUpdated,AlarmAcknowledged,AlarmShelved,AlarmUnshelved,AlarmCleared,AlarmLabelled" },
  { text: "Recommendations", kinds: "RecommendationMade,RecommendationDecided,RecommendationMeasured" },
  { text: "Commands", kinds: "CommandJudged,CommandEnded" },
  { text: "What people did", kinds: "AlarmAcknowledged,AlarmShelved,AlarmUnshelved,AlarmLabelled,RetrainAsked,RecommendationDecided,CommandJudged" },
  { text: "Learning and drift", kinds: "Trained,DriftFound,RetrainAsked" },
  { text: "Notices", kinds: "Notice" },
];
const kLimits = [200, 1000, 5000];

export function EventsScreen() {
  const [kinds, setKinds] = useState("");
  const [limit, setLimit] = useState(200);
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const { events, trouble } = useEvents(limit, kinds);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Events</h1>
        <label className="inline-field">
          Show
          <select value={kinds} onChange={(event) => setKinds(event.target.value)}>
            {kKinds.map((k) => (
              <option key={k.text} value={k.kinds}>{k.text}</option>
            ))}
          </select>
        </label>
        <label className="inline-field">
          newest
          <select value={limit} onChange={(event) => setLimit(Number(event.target.value))}>
            {kLimits.map((n) => (
              <option key={n}>{n}</option>
            ))}
          </select>
        </label>
      </header>
      <section className="panel" aria-label="Audit trail">
        <Trouble text={trouble} />
        {events?.length === 0 && <Empty title="No events">Nothing of this kind has happened up to this moment.</Empty>}
        {events && events.length > 0 && (
          <table className="event-table">
            <thead>
              <tr><th scope="col">Known at</th><th scope="col">What</th><th scope="col">Detail</th><th scope="col">Asset</th><th scope="col">By</th></tr>
            </thead>
            <tbody>
              {events.map((event, i) => {
                const { title, detail, asset, by } = sayEvent(event);
                return (
                  <tr key={`${event.known_at}${i}`} title={event.kind}>
                    <td><Moment at={event.known_at} /></td>
                    <td className="event-title">{title}</td>
                    <td>
                      <span className="muted">{detail}</span>
                      <LearnAgain event={event} events={events} onAsk={setProposal} />
                    </td>
                    <td>{asset && <Go to={{ screen: "asset", asset }}>{shortPathText(asset)}</Go>}</td>
                    <td>{by}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </section>
      {proposal && <LearnAgainDialog proposal={proposal} onClose={() => setProposal(null)} />}
    </div>
  );
}

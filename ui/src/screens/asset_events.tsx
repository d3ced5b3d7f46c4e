// What happened to one asset lately.

import { useState } from "react";
import type { Asset } from "../api/types";
import { Empty, Moment, Trouble } from "../parts/controls";
import { useEpisodes } from "../state/episodes";
import { useEvents } from "../state/events";
import type { Proposal } from "../state/learning";
import { assetOf, sayEvent } from "../state/sayings";
import { LearnAgain, LearnAgainDialog } from "./learn_again";

const kShown = 10;

export function AssetEvents({ asset }: { asset: Asset }) {
  const { events, trouble } = useEvents(500, "");
  const episodes = useEpisodes();
  const [proposal, setProposal] = useState<Proposal | null>(null);
  const own = (events ?? []).filter((event) => assetOf(event, (id) => episodes.find((e) => e.id === id)?.asset ?? "") === asset.path);
  return (
    <section className="panel" aria-label="Recent events">
      <header>
        <h2>Recent events</h2>
      </header>
      <Trouble text={trouble} />
      {events && own.length === 0 && <Empty title="Nothing happened lately" />}
      <ul className="event-list">
        {own.slice(0, kShown).map((event, i) => {
          const { title, detail, by } = sayEvent(event);
          return (
            <li key={`${event.known_at}${i}`}>
              <Moment at={event.known_at} />
              <span>
                {title} <span className="muted">{[detail, by && `by ${by}`].filter(Boolean).join(" · ")}</span> <LearnAgain event={event} events={events ?? []} onAsk={setProposal} />
              </span>
            </li>
          );
        })}
      </ul>
      {proposal && <LearnAgainDialog proposal={proposal} onClose={() => setProposal(null)} />}
    </section>
  );
}

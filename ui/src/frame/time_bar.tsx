// The time slider under every screen: the history with its alarms, and the moment that the whole page shows.

import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useEpisodes, type AlarmEpisode } from "../state/episodes";
import { useNow, useStatus, useWidth } from "../state/hooks";
import { rankOf } from "../state/plant_index";
import { seek, useRoute } from "../state/route";
import { useTopic } from "../state/topics";
import { twin } from "../state/twin";
import { clockText, dayText, momentText, timeText, utcText, zoneText } from "../state/words";
import { ArrowIcon } from "../parts/glyphs";

const kHour = 3_600_000;
const kSpans = [
  { value: 0, text: "all" },
  { value: 7 * 24 * kHour, text: "7 d" },
  { value: 24 * kHour, text: "1 d" },
  { value: 8 * kHour, text: "8 h" },
  { value: kHour, text: "1 h" },
];
const kAtTheEnd = 3; // px from the right edge that mean "live"

/** The stretch that the bar shows: the newest of the history, moved so that it holds the moment shown. */
function useWindow(span: number): { from: number; until: number } {
  const status = useStatus();
  const { at } = useRoute();
  const live = useTopic("clock", () => Math.floor(twin.liveNow() / 1000) * 1000);
  const oldest = status?.extent ? Date.parse(status.extent.from) : live - kHour;
  const length = span === 0 ? Math.max(60_000, live - oldest) : span;
  const until = at === null || at > live - length ? live : Math.min(live, at + length / 2);
  return { from: Math.max(span === 0 ? oldest : oldest - length, until - length), until };
}

/** One mark a few pixels wide for alarms that fall together: the worst of them, and how many. */
function marksOf(episodes: AlarmEpisode[], from: number, until: number, width: number) {
  const marks = new Map<number, { worst: AlarmEpisode; count: number }>();
  for (const episode of episodes) {
    if (episode.from > until || (episode.until ?? until) < from) continue;
    const x = Math.round((((Math.max(episode.from, from) - from) / (until - from)) * width) / 4) * 4;
    const found = marks.get(x);
    if (!found) marks.set(x, { worst: episode, count: 1 });
    else {
      found.count += 1;
      if (rankOf(episode.priority) < rankOf(found.worst.priority)) found.worst = episode;
    }
  }
  return [...marks.entries()];
}

function tickTimes(from: number, until: number, width: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080].map((m) => m * 60_000);
  const step = steps.find((s) => ((until - from) / s) * 76 < width) ?? 30 * 24 * kHour;
  const zone = new Date(until).getTimezoneOffset() * 60_000;
  const ticks = [];
  const label = step < 24 * kHour ? 44 : 72; // px: a time of day, or a day
  const fits = until - ((until - from) * label) / Math.max(width, label); // no label cut off at the right
  for (let t = Math.ceil((from - zone) / step) * step + zone; t < fits; t += step) ticks.push(t);
  return ticks;
}

const tickText = (t: number) => (clockText(t) === "00:00:00" ? dayText(t) : clockText(t).slice(0, 5));

function Track({ from, until }: { from: number; until: number }) {
  const [ref, width] = useWidth();
  const box = useRef<DOMRect | null>(null); // as it was taken hold of: measuring at each movement lays the whole page out
  const { at } = useRoute();
  const live = useNow();
  const episodes = useEpisodes();
  const marks = useMemo(() => marksOf(episodes, from, until, width), [episodes, from, until, width]);
  const shown = at ?? live;
  const percent = (t: number) => `${(100 * Math.min(1, Math.max(0, (t - from) / (until - from)))).toFixed(3)}%`;

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointerdown") {
      box.current = event.currentTarget.getBoundingClientRect();
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    if (!box.current) return;
    const x = event.clientX - box.current.left;
    if (x >= box.current.width - kAtTheEnd) seek(null);
    else seek(Math.round(from + Math.max(0, x / box.current.width) * (until - from)));
  };

  const press = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 600_000 : event.altKey ? 1000 : 60_000;
    const target = { ArrowLeft: shown - step, ArrowDown: shown - step, ArrowRight: shown + step, ArrowUp: shown + step,
      PageDown: shown - kHour, PageUp: shown + kHour, Home: from, End: Infinity }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    seek(target >= twin.liveNow() ? null : target);
  };

  return (
    <div className="track-box" ref={ref}>
      <div
        className={`track ${at === null ? "" : "rewound"}`}
        role="slider"
        tabIndex={0}
        aria-label="Moment shown"
        aria-valuemin={Math.round(from / 1000)}
        aria-valuemax={Math.round(until / 1000)}
        aria-valuenow={Math.round(shown / 1000)}
        aria-valuetext={at === null ? `live, ${momentText(shown)}` : `past, ${momentText(shown)}`}
        onPointerDown={drag}
        onPointerMove={drag}
        onLostPointerCapture={() => (box.current = null)}
        onKeyDown={press}
      >
        <div className="track-line" />
        {marks.map(([x, { worst, count }]) => (
          <i
            key={x}
            className={`mark p-${worst.priority}`}
            style={{ left: x }}
            title={`${timeText(worst.from, live)} ${worst.name}${count > 1 ? ` and ${count - 1} more` : ""}`}
          />
        ))}
        {tickTimes(from, until, width).map((t) => (
          <span key={t} className="tick num" style={{ left: percent(t) }} title={utcText(t)}>
            {tickText(t)}
          </span>
        ))}
        <span className="thumb" style={{ left: percent(shown) }} />
      </div>
    </div>
  );
}

/** A typed moment, in the browser's zone. */
function TypedTime() {
  const { at } = useRoute();
  const now = useNow();
  const [draft, setDraft] = useState<string | null>(null);
  const local = (t: number) => new Date(t - new Date(t).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  const commit = () => {
    const t = draft === null ? NaN : new Date(draft).getTime();
    if (!Number.isNaN(t)) seek(t >= twin.liveNow() ? null : t);
    setDraft(null);
  };
  return (
    <form
      className="typed-time"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <input
        type="datetime-local"
        step={1}
        aria-label={`Go to a moment (${zoneText(now)})`}
        title={`Type a moment (${zoneText(now)}), then Enter`}
        value={draft ?? local(at ?? now)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => setDraft(null)}
        onKeyDown={(event) => event.key === "Escape" && setDraft(null)}
      />
    </form>
  );
}

export function TimeBar() {
  const [span, setSpan] = useState(0);
  const { from, until } = useWindow(span);
  const { at } = useRoute();
  const episodes = useEpisodes();
  const jump = (direction: -1 | 1) => {
    const here = twin.now();
    const starts = episodes.map((e) => e.from).filter((t) => (direction < 0 ? t < here - 500 : t > here + 500));
    const next = direction < 0 ? starts.at(-1) : starts[0];
    seek(next === undefined ? (direction < 0 ? here : null) : next);
  };
  return (
    <section className="time-bar" aria-label="Time">
      <div className="time-tools">
        <button type="button" className="icon-button" aria-label="To the alarm before" title="To the alarm before" onClick={() => jump(-1)}>
          <ArrowIcon to="left" />
        </button>
        <button type="button" className="icon-button" aria-label="To the next alarm" title="To the next alarm" disabled={at === null} onClick={() => jump(1)}>
          <ArrowIcon to="right" />
        </button>
      </div>
      <Track from={from} until={until} />
      <div className="time-tools">
        <select aria-label="Stretch of time shown" value={span} onChange={(event) => setSpan(Number(event.target.value))}>
          {kSpans.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <TypedTime />
        <button type="button" className={at === null ? "live-button is-live" : "live-button"} onClick={() => seek(null)} aria-pressed={at === null}>
          {at === null ? "● Live" : "Return to live"}
        </button>
      </div>
    </section>
  );
}

// Trends for a screen: asked for once from the server, already down-sampled, and then carried on by what is pushed.

import { useEffect, useMemo, useReducer, useRef } from "react";
import { api } from "../api/client";
import { useLink } from "../state/hooks";
import { useRoute } from "../state/route";
import { topics } from "../state/topics";
import { noticeUnauthorised, twin } from "../state/twin";
import { fold, forgetBefore, seriesOf, type Series } from "./series";

/** The newest `last` milliseconds up to the moment shown, or a fixed range. */
export type Span = { last: number } | { from: number; until: number };

export interface Trends {
  series: Map<string, Series>;
  from: number;
  until: number;
  trouble: string;
}

const kRedraw = 500; // ms between redraws of what is pushed
const kAtOnce = 64;

async function load(paths: string[], from: number, until: number, points: number, knownAt: number | null, signal: AbortSignal) {
  const found = new Map<string, Series>();
  for (let i = 0; i < paths.length; i += kAtOnce) {
    const part = await api.trends({ signals: paths.slice(i, i + kAtOnce), from, until, points, knownAt }, signal);
    part.forEach((trend, k) => found.set(paths[i + k] ?? trend.signal, seriesOf(trend)));
  }
  return found;
}

export function useTrends(paths: string[], span: Span, points: number): Trends {
  const { at, known } = useRoute();
  const online = useLink().state === "online";
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const state = useRef<Trends>({ series: new Map(), from: 0, until: 0, trouble: "" });

  const key = paths.join(",");
  const last = "last" in span ? span.last : 0;
  const [fixedFrom, fixedUntil] = "last" in span ? [0, 0] : [span.from, span.until];
  const follows = last > 0 && at === null;

  useEffect(() => {
    if (key === "" || points < 2) return;
    const controller = new AbortController();
    const wanted = key.split(",");
    let redrawAt = 0;

    const ask = () => {
      const until = last > 0 ? twin.now() : fixedUntil;
      const from = last > 0 ? until - last : fixedFrom;
      const knownAt = at !== null && known === "then" ? at : null;
      load(wanted, from, until, points, knownAt, controller.signal)
        .then((series) => (state.current = { series, from, until, trouble: "" }))
        .catch((error: unknown) => {
          if (controller.signal.aborted) return;
          noticeUnauthorised(error);
          state.current = { ...state.current, trouble: error instanceof Error ? error.message : String(error) };
        })
        .finally(() => controller.signal.aborted || redraw());
    };

    const carryOn = () => {
      const { series } = state.current;
      for (const path of wanted) {
        const belief = twin.liveBeliefs().get(path);
        const found = series.get(path);
        if (!belief || !found || belief.time === null || belief.value === null || belief.quality === "missing") continue;
        if (belief.time > (seen.get(path) ?? 0)) fold(found, belief.time, belief.value);
        seen.set(path, belief.time);
      }
      if (performance.now() < redrawAt) return;
      redrawAt = performance.now() + kRedraw;
      const until = twin.liveNow();
      for (const one of series.values()) forgetBefore(one, until - last - one.width);
      state.current = { ...state.current, from: until - last, until };
      redraw();
    };

    // What the answer already holds must not be counted twice: start from the newest time known when asking.
    const seen = new Map(wanted.map((path) => [path, twin.liveBeliefs().get(path)?.time ?? 0]));
    const pause = window.setTimeout(ask, at === null ? 0 : 120); // while the slider moves, only where it rests
    const stop = follows ? topics.subscribe("delta", carryOn) : () => {};
    return () => {
      clearTimeout(pause);
      controller.abort();
      stop();
    };
  }, [key, last, fixedFrom, fixedUntil, points, at, known, follows, online]);

  const { series, from, until, trouble } = state.current;
  return useMemo(() => ({ series, from, until, trouble }), [series, from, until, trouble]);
}

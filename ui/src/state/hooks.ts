// How the page's pieces ask for what they show.

import { useEffect, useMemo, useState } from "react";
import { identity } from "../api/client";
import type { Desk } from "../api/types";
import { PlantIndex, troubles, type Trouble } from "./plant_index";
import { useRoute } from "./route";
import { topics, useTopic } from "./topics";
import { twin, type Belief } from "./twin";

/** The plant. The frame shows no screen before it is there. */
export function usePlant(): PlantIndex {
  const index = useTopic("plant", twin.index);
  if (!index) throw new Error("a screen was shown before the plant was loaded");
  return index;
}

export const useBelief = (path: string): Belief => useTopic(`s:${path}`, () => twin.belief(path));
export const useDesk = (): Desk => useTopic("desk", twin.desk);
export const useLink = () => useTopic("link", twin.link);
export const useStatus = () => useTopic("status", twin.status);
export const useSession = () => useTopic("session", twin.session);
export const usePast = () => useTopic("past", twin.pastState);

/**
 * Whole seconds of the moment shown; again every second while live. Follows a slider that moves with the pictures, not with
 * the hand, as do the values whose ages it tells. Units: milliseconds since 1970.
 */
export const useNow = (): number => useTopic("clock", () => Math.floor(twin.now() / 1000) * 1000);

/** As useNow, but of the present even while rewound. */
export const useLiveNow = () => useTopic("clock", () => Math.floor(twin.liveNow() / 1000) * 1000);

export function useTroubles(): Map<string, Trouble> {
  const index = usePlant();
  const { alarms } = useDesk();
  return useMemo(() => troubles(index, alarms), [index, alarms]);
}

/** Whether this person may change something now, and otherwise why not. */
export function useMayWrite(): { may: boolean; why: string } {
  const { at } = useRoute();
  const link = useLink();
  const session = useSession();
  const status = useStatus();
  if (at !== null) return { may: false, why: "You are looking at the past. Return to live to act." };
  if (link.state !== "online") return { may: false, why: "The connection is lost: what you see may no longer be so." };
  if (status?.replay) return { may: false, why: "This is a replay of a recording; there is no plant to act on." };
  if (!session?.user && !identity.name()) return { may: false, why: "Say who you are first: the name button at the top right." };
  if (session && !session.may_write) return { may: false, why: `${session.user ?? "This identity"} may look, but not change anything.` };
  return { may: true, why: "" };
}

/** The width of an element, followed. */
export function useWidth(): [(element: Element | null) => void, number] {
  const [element, setElement] = useState<Element | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}

/** Keys that work wherever nothing is being typed and no dialog is open. */
export function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target as HTMLElement;
      if (target.closest("input, textarea, select, dialog")) return;
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}

export { topics };

// What is on the screen, or nearly: of a plant of thousands the rest need not be drawn.

import { useEffect, useState } from "react";

const kMargin = "400px 0px"; // so that who scrolls slowly never sees an empty box

function scrollerOf(element: Element): Element | null {
  for (let at = element.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  return null;
}

/**
 * Watches the boxes under an element that carry `data-box`, and gives the names of those within 400 px of being seen. `names`
 * changes when there are other boxes.
 */
export function useNear(names: string): [ref: (element: Element | null) => void, near: ReadonlySet<string>] {
  const [element, setElement] = useState<Element | null>(null);
  const [near, setNear] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!element) return;
    const watch = (entries: IntersectionObserverEntry[]) =>
      setNear((before) => {
        const after = new Set(before);
        for (const { target, isIntersecting } of entries) {
          const name = (target as HTMLElement).dataset["box"] ?? "";
          if (isIntersecting) after.add(name);
          else after.delete(name);
        }
        return after;
      });
    const observer = new IntersectionObserver(watch, { root: scrollerOf(element), rootMargin: kMargin });
    for (const box of element.querySelectorAll("[data-box]")) observer.observe(box);
    return () => observer.disconnect();
  }, [element, names]);
  return [setElement, near];
}

// Who wants to hear of what. Small pieces of the page subscribe to small topics, so that five pushes a second redraw only
// the numbers that changed.

import { useSyncExternalStore } from "react";

type Listener = () => void;

export class Topics {
  private listeners = new Map<string, Set<Listener>>();

  subscribe(topic: string, listener: Listener): () => void {
    let set = this.listeners.get(topic);
    if (!set) this.listeners.set(topic, (set = new Set()));
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0) this.listeners.delete(topic);
    };
  }

  emit(topic: string): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener();
  }

  /** Every topic that begins so. */
  emitAll(prefix: string): void {
    for (const topic of [...this.listeners.keys()]) if (topic.startsWith(prefix)) this.emit(topic);
  }
}

export const topics = new Topics();

/** The value of `read`, again whenever `topic` is emitted. `read` must return the same thing while nothing changed. */
export function useTopic<T>(topic: string, read: () => T): T {
  return useSyncExternalStore((listener) => topics.subscribe(topic, listener), read);
}

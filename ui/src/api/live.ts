// The WebSocket that pushes changes: connects, notices silence, comes back with growing pauses.

import { identity, kBase } from "./client";
import type { LiveMessage } from "./types";

/** Units: milliseconds; `since` and `retryAt` by performance.now(). */
export type Link =
  | { state: "connecting" }
  | { state: "online" }
  | { state: "lost"; since: number; retryAt: number; attempt: number };

const kSilence = 6_000;
const kFirstPause = 500;
const kLongestPause = 15_000;

export interface LiveListener {
  message(message: LiveMessage): void;
  link(link: Link): void;
}

/** Returns the way to stop it. */
export function openLive(listener: LiveListener): () => void {
  let socket: WebSocket | null = null;
  let watchdog = 0;
  let retry = 0;
  let attempt = 0;
  let online = false;
  let lostSince = performance.now();
  let stopped = false;

  const listenForSilence = () => {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(lose, kSilence);
  };

  const lose = () => {
    if (stopped) return;
    clearTimeout(watchdog);
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
      socket = null;
    }
    if (online) lostSince = performance.now();
    online = false;
    // A little chance keeps a control room's screens from coming back all at once.
    const pause = Math.min(kLongestPause, kFirstPause * 2 ** attempt) * (0.75 + Math.random() / 2);
    attempt += 1;
    listener.link({ state: "lost", since: lostSince, retryAt: performance.now() + pause, attempt });
    clearTimeout(retry);
    retry = window.setTimeout(connect, pause);
  };

  const connect = () => {
    const url = new URL(`${kBase}/live`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const token = identity.token();
    socket = new WebSocket(url, token ? ["gemel.v1", `bearer.${token}`] : ["gemel.v1"]);
    socket.onmessage = (event) => {
      if (!online) listener.link({ state: "online" });
      online = true;
      attempt = 0;
      listenForSilence();
      listener.message(JSON.parse(String(event.data)) as LiveMessage);
    };
    socket.onclose = lose;
    listenForSilence();
  };

  listener.link({ state: "connecting" });
  connect();
  return () => {
    stopped = true;
    clearTimeout(watchdog);
    clearTimeout(retry);
    if (socket) {
      socket.onclose = null;
      socket.close();
    }
  };
}

// What the page believes of the plant: the live picture that the WebSocket keeps, and the past one while rewound. The rest
// of the page asks for what is shown, and need not know which of the two it is.

import { api, ApiError } from "../api/client";
import { openLive, type Link } from "../api/live";
import type { Desk, Grade, LiveMessage, Session, Snapshot, Status } from "../api/types";
import { PlantIndex } from "./plant_index";
import { currentRoute } from "./route";
import { topics } from "./topics";

/** Units: times in milliseconds since 1970. */
export interface Belief {
  value: number | null;
  quality: Grade;
  causes: string[];
  time: number | null;
  missingSince: number | null;
}

export interface Picture {
  at: number;
  knownAt: number;
  beliefs: Map<string, Belief>;
  desk: Desk;
}

export interface PastState {
  loading: boolean;
  trouble: string;
}

const kNoDesk: Desk = { alarms: [], recommendations: [], commands: [] };
const kUnknown: Belief = { value: null, quality: "missing", causes: [], time: null, missingSince: null };
const kNoPast: PastState = { loading: false, trouble: "" };

const parseTime = (text: string | null) => (text === null ? null : Date.parse(text));

function pictureOf(snapshot: Snapshot): Picture {
  const beliefs = new Map<string, Belief>();
  for (const [path, b] of Object.entries(snapshot.signals)) {
    const { value, quality, causes } = b;
    beliefs.set(path, { value, quality, causes, time: parseTime(b.time), missingSince: parseTime(b.missing_since) });
  }
  const { alarms, recommendations, commands } = snapshot;
  return { at: Date.parse(snapshot.at), knownAt: Date.parse(snapshot.known_at), beliefs, desk: { alarms, recommendations, commands } };
}

let live: Picture = { at: 0, knownAt: 0, beliefs: new Map(), desk: kNoDesk };
let liveReceived = 0; // performance.now() of its newest delta
let past: Picture | null = null;
let pastState: PastState = kNoPast;
let index: PlantIndex | null = null;
let link: Link = { state: "connecting" };
let status: Status | null = null;
let rate: number | null = null; // samples a second
let session: Session | null = null;
let needsToken = false;
let trouble = ""; // why the page can't start

const isPast = () => currentRoute().at !== null;
const shown = () => (isPast() && past ? past : live);

export const twin = {
  index: () => index,
  link: () => link,
  status: () => status,
  samplesPerSecond: () => rate,
  session: () => session,
  needsToken: () => needsToken,
  trouble: () => trouble,
  pastState: () => pastState,
  desk: () => shown().desk,
  liveDesk: () => live.desk,
  belief: (path: string) => shown().beliefs.get(path) ?? kUnknown,
  liveBeliefs: () => live.beliefs,

  /** The present of the plant, which in a replay is not the clock's. Runs on between deltas and without a connection. */
  liveNow: () => (live.at === 0 ? Date.now() : live.at + (performance.now() - liveReceived)),
  /** The present, or the moment the page was rewound to. */
  now: () => currentRoute().at ?? twin.liveNow(),
  silentFor: () => (liveReceived === 0 ? 0 : performance.now() - liveReceived),

  start,
  refreshSession,
};

// ---- live

function absorb(message: LiveMessage): void {
  if (message.type === "hello") {
    if (index && index.plant.version !== message.version) void loadPlant();
    return;
  }
  if (message.type === "status") return absorbStatus(message.status);
  live.at = Date.parse(message.at);
  live.knownAt = Date.parse(message.known_at);
  liveReceived = performance.now();
  const changed = Object.entries(message.signals);
  for (const [path, b] of changed) {
    live.beliefs.set(path, { value: b.v, quality: b.q, causes: b.c ?? [], time: b.t, missingSince: b.m ?? null });
  }
  const { alarms, recommendations, commands } = message;
  const deskChanged = Boolean(alarms || recommendations || commands);
  if (deskChanged) {
    live.desk = {
      alarms: alarms ?? live.desk.alarms,
      recommendations: recommendations ?? live.desk.recommendations,
      commands: commands ?? live.desk.commands,
    };
    topics.emit("live-desk");
  }
  topics.emit("delta");
  if (isPast()) return;
  for (const [path] of changed) topics.emit(`s:${path}`);
  if (deskChanged) topics.emit("desk");
}

function absorbStatus(next: Status): void {
  if (status && next.started === status.started) {
    const seconds = (Date.parse(next.now) - Date.parse(status.now)) / 1000;
    if (seconds > 0) rate = Math.max(0, (next.samples - status.samples) / seconds);
  }
  status = next;
  topics.emit("status");
}

// ---- the past

let fetching: AbortController | null = null;
let debounce = 0;
let loadedKey = "";

function showEverything(): void {
  topics.emitAll("s:");
  topics.emit("desk");
  topics.emit("clock");
}

function settlePast(state: PastState): void {
  pastState = state;
  topics.emit("past");
}

function followRoute(): void {
  const { at, known } = currentRoute();
  const key = at === null ? "" : `${at}/${known}`;
  if (key === loadedKey) return;
  loadedKey = key;
  clearTimeout(debounce);
  fetching?.abort();
  if (at === null) {
    past = null;
    settlePast(kNoPast);
    showEverything();
    return;
  }
  settlePast({ loading: true, trouble: "" });
  debounce = window.setTimeout(() => void loadPast(at, known === "then" ? at : null), 60);
}

async function loadPast(at: number, knownAt: number | null): Promise<void> {
  const controller = new AbortController();
  fetching = controller;
  try {
    past = pictureOf(await api.snapshot({ at, knownAt }, controller.signal));
    settlePast(kNoPast);
  } catch (error) {
    if (controller.signal.aborted) return;
    past = { at, knownAt: knownAt ?? Date.now(), beliefs: new Map(), desk: kNoDesk };
    noticeUnauthorised(error);
    settlePast({ loading: false, trouble: error instanceof Error ? error.message : String(error) });
  }
  showEverything();
}

// ---- start

export function noticeUnauthorised(error: unknown): void {
  if (error instanceof ApiError && error.status === 401 && session?.token_required !== false) {
    needsToken = true;
    topics.emit("session");
  }
}

async function refreshSession(): Promise<void> {
  session = await api.session();
  needsToken = false;
  topics.emit("session");
}

async function loadPlant(): Promise<void> {
  index = new PlantIndex(await api.plant());
  document.title = `${index.plant.name} – Gemel`;
  topics.emit("plant");
}

let stopLive: (() => void) | null = null;

/** Loads who and what, then listens. Tries again by itself while gemel can't be reached; stops for a token. */
async function start(): Promise<void> {
  try {
    await refreshSession();
    await loadPlant();
  } catch (error) {
    noticeUnauthorised(error);
    trouble = error instanceof Error ? error.message : String(error);
    topics.emit("plant");
    if (!needsToken) window.setTimeout(() => void start(), 2000);
    return;
  }
  trouble = "";
  stopLive?.();
  stopLive = openLive({
    message: absorb,
    link: (next) => {
      link = next;
      document.documentElement.dataset["link"] = next.state;
      topics.emit("link");
    },
  });
  followRoute();
}

topics.subscribe("route", followRoute);
window.setInterval(() => topics.emit("clock"), 1000);

// What the page believes of the plant: the live picture that the WebSocket keeps, and the past one while rewound. The rest
// of the page asks for what is shown, and need not know which of the two it is.

import { api, ApiError, type Moment } from "../api/client";
import { openLive, type Link } from "../api/live";
import type { Desk, Grade, LiveMessage, Session, SnapshotColumns, Status } from "../api/types";
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

/** Gives the same object for the same path as long as what is believed does not change. */
export interface Beliefs {
  get(path: string): Belief | undefined;
}

export interface Picture {
  at: number;
  knownAt: number;
  beliefs: Beliefs;
  desk: Desk;
}

export interface PastState {
  loading: boolean;
  trouble: string;
}

const kNoDesk: Desk = { alarms: [], recommendations: [], commands: [] };
const kUnknown: Belief = { value: null, quality: "missing", causes: [], time: null, missingSince: null };
const kNoPast: PastState = { loading: false, trouble: "" };

const kGrades: readonly Grade[] = ["good", "uncertain", "bad", "missing"];
const parseTime = (text: string | null) => (text === null ? null : Date.parse(text));

/** Reads a belief when it is first asked for: of ten thousand a screen shows a hundred, and the slider can't wait. */
class PastBeliefs implements Beliefs {
  private readonly read = new Map<string, Belief>();
  private readonly at: number;
  constructor(
    private readonly columns: SnapshotColumns,
    private readonly plant: PlantIndex,
  ) {
    this.at = Date.parse(columns.at);
  }

  get(path: string): Belief | undefined {
    const found = this.read.get(path);
    const place = this.plant.placeOf(path);
    if (found || place === undefined) return found;
    const { value, age_ms, grade, causes, missing_since } = this.columns;
    const age = age_ms[place] ?? null;
    const belief: Belief = {
      value: value[place] ?? null,
      quality: kGrades[grade[place] ?? 3] ?? "missing",
      causes: causes[place] ?? [],
      time: age === null ? null : this.at - age,
      missingSince: parseTime(missing_since[place] ?? null),
    };
    this.read.set(path, belief);
    return belief;
  }
}

/** The desk of the picture before while nothing on it changed: then nothing of it is drawn anew. */
function deskOf({ alarms, recommendations, commands }: SnapshotColumns): Desk {
  const desk = { alarms, recommendations, commands };
  return past && JSON.stringify(past.desk) === JSON.stringify(desk) ? past.desk : desk;
}

function pictureOf(snapshot: SnapshotColumns, plant: PlantIndex): Picture {
  const beliefs = new PastBeliefs(snapshot, plant);
  return { at: Date.parse(snapshot.at), knownAt: Date.parse(snapshot.known_at), beliefs, desk: deskOf(snapshot) };
}

const liveBeliefs = new Map<string, Belief>();
let live: Picture = { at: 0, knownAt: 0, beliefs: liveBeliefs, desk: kNoDesk };
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
  liveBeliefs: () => liveBeliefs,

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
    liveBeliefs.set(path, { value: b.v, quality: b.q, causes: b.c ?? [], time: b.t, missingSince: b.m ?? null });
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

// One request at a time, and then the newest moment that was asked for meanwhile: a slider that moves is followed as fast
// as the server answers, and nothing queues.
let fetching: AbortController | null = null;
let wanted: Moment | null = null;
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
  wanted = at === null ? null : { at, knownAt: known === "then" ? at : null };
  if (!wanted) {
    fetching?.abort();
    fetching = null;
    past = null;
    settlePast(kNoPast);
    showEverything();
    return;
  }
  if (!pastState.loading || pastState.trouble) settlePast({ loading: true, trouble: "" });
  if (!fetching) void loadWanted();
}

async function loadWanted(): Promise<void> {
  const controller = new AbortController();
  fetching = controller;
  while (wanted) {
    const moment: Moment = wanted;
    wanted = null;
    const { picture, trouble: why } = await loadPast(moment, controller.signal);
    if (controller.signal.aborted) return;
    past = picture;
    if (!wanted) settlePast({ loading: false, trouble: why });
    showEverything();
  }
  fetching = null;
}

async function loadPast(moment: Moment, signal: AbortSignal): Promise<{ picture: Picture; trouble: string }> {
  try {
    const snapshot = await api.snapshot(moment, signal);
    if (index?.plant.version !== snapshot.version) await loadPlant(); // columns stand in its order of signals
    if (!index) throw new Error("the plant is not known yet");
    return { picture: pictureOf(snapshot, index), trouble: "" };
  } catch (error) {
    if (!signal.aborted) noticeUnauthorised(error);
    const { at, knownAt } = moment;
    const picture = { at, knownAt: knownAt ?? Date.now(), beliefs: new Map(), desk: kNoDesk };
    return { picture, trouble: error instanceof Error ? error.message : String(error) };
  }
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

// Requests to gemel: identity, errors, the one place that calls fetch.

import type { Alarm, AuditEvent, Command, Plant, ReadySimulator, Recommendation, Session, SnapshotColumns, Suggestion, Trend, Truth, WhatIfRun } from "./types";

/** The server's own words about what failed and what to do. `status` 0: it could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const kName = "gemel.user";
const kToken = "gemel.token";

/** Who the browser says it is; kept across visits. */
export const identity = {
  name: () => localStorage.getItem(kName) ?? "",
  token: () => localStorage.getItem(kToken) ?? "",
  setName: (name: string) => localStorage.setItem(kName, name.trim()),
  setToken: (token: string) => localStorage.setItem(kToken, token.trim()),
  forgetToken: () => localStorage.removeItem(kToken),
};

export const kBase = "/api/v1";

function headers(hasBody: boolean): Record<string, string> {
  const found: Record<string, string> = { Accept: "application/json" };
  if (hasBody) found["Content-Type"] = "application/json";
  if (identity.token()) found["Authorization"] = `Bearer ${identity.token()}`;
  else if (identity.name()) found["X-Gemel-User"] = encodeURIComponent(identity.name());
  return found;
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
  const { code = "Internal", message = `the server answered ${response.status}` } = body?.error ?? {};
  return new ApiError(response.status, code, message);
}

async function request<T>(method: "GET" | "POST", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(kBase + path, {
      method,
      headers: headers(body !== undefined),
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "Unavailable", "Gemel can't be reached. The page keeps trying; if it lasts, look whether gemel runs.");
  }
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as T;
}

type Query = Record<string, string | number | null | undefined>;

function query(fields: Query): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

const iso = (t: number) => new Date(t).toISOString();

/** A moment to look at. `knownAt` null: as known now. Units: milliseconds since 1970. */
export interface Moment {
  at: number;
  knownAt: number | null;
}

const momentFields = (m: Moment): Query => ({ at: iso(m.at), known_at: m.knownAt === null ? null : iso(m.knownAt) });

export interface TrendQuestion {
  signals: string[];
  from: number;
  until: number;
  points: number;
  knownAt: number | null;
}

export type How = "set" | "add" | "scale";

export interface ScenarioQuestion {
  simulator: string;
  changes: ({ control: string; value: number } | { quantity: string; value: number; how: How })[];
  horizon_s: number;
  step_s: number;
  draws: number;
  seed: number;
  beside_now: boolean;
  at?: string;
  known_at?: string;
}

export const api = {
  session: () => request<Session>("GET", "/session"),
  plant: () => request<Plant>("GET", "/plant"),
  snapshot: (moment: Moment, signal?: AbortSignal) =>
    request<SnapshotColumns>("GET", `/snapshot/columns${query(momentFields(moment))}`, undefined, signal),
  trends: ({ signals, from, until, points, knownAt }: TrendQuestion, signal?: AbortSignal) =>
    request<{ trends: Trend[] }>(
      "GET",
      `/trends${query({
        signals: signals.join(","),
        from: iso(from),
        until: iso(until),
        points: Math.round(points),
        known_at: knownAt === null ? null : iso(knownAt),
      })}`,
      undefined,
      signal,
    ).then((answer) => answer.trends),
  events: (fields: { from?: string; until?: string; limit?: number; kinds?: string }, signal?: AbortSignal) =>
    request<{ events: AuditEvent[] }>("GET", `/events${query(fields)}`, undefined, signal).then((answer) => answer.events),
  acknowledge: (alarm: number, note: string) => request<Alarm>("POST", `/alarms/${alarm}/acknowledge`, { note }),
  shelve: (alarm: number, minutes: number, reason: string) =>
    request<Alarm>("POST", `/alarms/${alarm}/shelve`, { minutes, reason }),
  unshelve: (alarm: number) => request<Alarm>("POST", `/alarms/${alarm}/unshelve`, {}),
  label: (alarm: number, truth: Truth, cause: string) => request<Alarm>("POST", `/alarms/${alarm}/label`, { truth, cause }),
  suggested: (moment: Moment | null, signal?: AbortSignal) =>
    request<{ suggested: Suggestion[] }>("GET", `/alarms/suggested${moment ? query(momentFields(moment)) : ""}`, undefined, signal).then(
      (answer) => answer.suggested,
    ),
  retrain: (subject: string, from: string, until: string) =>
    request<{ subject: string; from: string; until: string }>("POST", "/retrain", { subject, from, until }),
  approve: (recommendation: number) =>
    request<{ recommendation: Recommendation; commands: Command[] }>("POST", `/recommendations/${recommendation}/approve`, {}),
  reject: (recommendation: number, reason: string) =>
    request<Recommendation>("POST", `/recommendations/${recommendation}/reject`, { reason }),
  simulators: () => request<{ simulators: ReadySimulator[] }>("GET", "/simulators").then((answer) => answer.simulators),
  startWhatIf: (scenario: ScenarioQuestion) => request<WhatIfRun>("POST", "/whatif/runs", scenario),
  whatIfRun: (id: number) => request<WhatIfRun>("GET", `/whatif/runs/${id}`),
  stopWhatIf: (id: number) => request<WhatIfRun>("POST", `/whatif/runs/${id}/stop`, {}),
};

// A stand-in for gemel's API with a made-up pump station, so that the page can be worked on without a plant.
//   node mock/server.mjs [PORT]     serves ui/dist too;  MOCK_TOKEN=secret asks for that token
//   POST /mock/drop {seconds}       cuts the connection for a while
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { plant } from "./plant.mjs";
import * as station from "./station.mjs";
import { acceptWebSocket } from "./websocket.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const kTypes = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const started = Date.now();
const iso = (t) => new Date(t).toISOString();

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}
const refuse = (...reason) => { throw new Refusal(...reason); };

function time(text, fallback) {
  if (text === null || text === undefined) return fallback;
  const t = Date.parse(text);
  return Number.isNaN(t) ? refuse(400, "InvalidInput", `"${text}" is not a time: write 2025-11-22T02:14:05Z`) : t;
}

function status() {
  const samples = Math.round(((Date.now() - started) / 1000) * plant.signals.length);
  return { version: "0.1.0-mock", plant: plant.name, started: iso(started), now: iso(Date.now()), replay: false,
    sources: [{ name: "plant", state: "online", detail: "", since: iso(started), retry_at: null },
      { name: "weather", state: "faulted", detail: "connection refused by 127.0.0.1:1884", since: null, retry_at: iso(Date.now() + 8000) }],
    history: { samples: 4_212_000 + samples, events: station.eventsUntil(Date.now()).length, duplicates: 12, bytes_on_disk: 6_100_000 + samples,
      last_known_at: iso(Date.now()), trouble: "" },
    extent: { from: iso(station.oldest), until: iso(Date.now()) }, ticks: 100, samples, inbox_depth: 0,
    untrained: ["line_2.pump_2.behaviour"] };
}

function snapshot(query) {
  const now = Date.now();
  const at = time(query.get("at"), now);
  if (at < station.oldest) refuse(404, "NotFound", `nothing was known at ${iso(at)}: the history begins at ${iso(station.oldest)}`);
  const beliefs = plant.signals.map((s) => station.beliefAt(s.path, at));
  const placed = (name, wanted) => Object.fromEntries(beliefs.flatMap((b, place) => (wanted(b[name]) ? [[place, b[name]]] : [])));
  return { at: iso(at), known_at: iso(time(query.get("known_at"), now)), live: !query.has("at"), version: plant.version,
    value: beliefs.map((b) => b.value), age_ms: beliefs.map((b) => (b.time === null ? null : at - Date.parse(b.time))),
    grade: beliefs.map((b) => ["good", "uncertain", "bad", "missing"].indexOf(b.quality)),
    causes: placed("causes", (c) => c.length > 0), missing_since: placed("missing_since", (t) => t !== null), ...station.deskAt(at) };
}

function trend(path, query) {
  if (!plant.signals.some((s) => s.path === path)) refuse(404, "NotFound", `no signal "${path}"`);
  const from = time(query.get("from"), 0), until = time(query.get("until"), 0), points = Number(query.get("points") ?? 600);
  if (!(until > from) || !(points >= 1 && points <= 4000)) refuse(400, "InvalidInput", "from must be before until, points between 1 and 4000");
  return station.trendOf(path, from, until, points);
}

function outcomeOf({ changes = [], horizon_s = 600, step_s = 10, draws = 64 }) {
  const times_s = Array.from({ length: Math.floor(horizon_s / step_s) + 1 }, (_, i) => i * step_s);
  const speed = (changes.find((c) => c.control?.includes("pump_1.speed"))?.value ?? 1450) / 1450;
  const now = (path) => station.beliefAt(path, Date.now()).value;
  const course = (signal, unit, end, spread) => {
    const start = now(signal);
    const mean = times_s.map((t) => start + (end - start) * (1 - Math.exp(-t / (horizon_s / 4))));
    const wide = (sign) => mean.map((m, i) => m + sign * spread * Math.sqrt(times_s[i] / horizon_s));
    return { signal, name: signal, unit, mean, low: wide(-1), high: wide(1) };
  };
  const energy = 0.192 * speed * speed;
  return { at: iso(Date.now()), times_s, version: "sim-77ab12", draws, findings: [],
    warnings: speed > 1.15 ? ["outside the range it was fitted on: speed above 1620 rpm"] : [],
    signals: [course("line_1.pump_1.flow", "l/min", 330 * speed, 14), course("line_1.pump_1.suction_pressure", "bar", -0.46 * speed ** 3, 0.05),
      course("line_1.pump_1.power", "kW", 3.6 * speed ** 3, 0.12), course("tank_1.level", "m", 1.7 + 0.2 * speed, 0.08)],
    indicators: [{ name: "energy_per_volume", unit: "kWh/m3", mean: energy, low: energy * 0.97, high: energy * 1.04 }] };
}

const whatIfs = [];

/** Done as soon as it is looked at. */
function startWhatIf(question, by) {
  const [answer, as_now] = [outcomeOf(question), outcomeOf({ ...question, changes: [] })];
  const differences = answer.indicators.map((after, i) => {
    const mean = after.mean - as_now.indicators[i].mean;
    return { name: after.name, unit: after.unit, mean, low: mean - 0.004, high: mean + 0.004, mean_low: mean - 0.001, mean_high: mean + 0.001 };
  });
  whatIfs.push({ id: whatIfs.length + 1, by, state: "done", done: question.draws, of: question.draws, question, answer: { ...answer, as_now, differences } });
  return { ...whatIfs.at(-1), state: "running", done: 0, answer: undefined };
}

function findAlarm(id) {
  return station.deskAt(Date.now()).alarms.find((a) => a.id === id) ?? refuse(404, "NotFound", `no alarm ${id}`);
}
function openRecommendation(id) {
  const found = station.deskAt(Date.now()).recommendations.find((r) => r.id === id) ?? refuse(404, "NotFound", `no recommendation ${id}`);
  return found.decided ? refuse(409, "Conflict", `recommendation ${id} is already ${found.decided.verdict}`) : found;
}

const kActions = {
  "alarms/acknowledge": (id, { note = "" }, by) => {
    if (findAlarm(id).acknowledged_at) refuse(409, "Conflict", `alarm ${id} is already acknowledged`);
    station.record("AlarmAcknowledged", { alarm: id, by, note });
    return findAlarm(id);
  },
  "alarms/shelve": (id, { minutes, reason }, by) => {
    findAlarm(id);
    if (!(minutes > 0 && minutes <= 1440) || !reason) refuse(400, "InvalidInput", "shelving needs 0 < minutes ≤ 1440 and a reason");
    station.record("AlarmShelved", { alarm: id, until: iso(Date.now() + minutes * 60_000), by, reason });
    return findAlarm(id);
  },
  "alarms/label": (id, { truth, cause = "" }, by) => {
    findAlarm(id);
    if (!["real", "false", "unknown"].includes(truth)) refuse(400, "InvalidInput", `truth is real, false or unknown, not "${truth}"`);
    station.record("AlarmLabelled", { alarm: id, truth, cause, by });
    return findAlarm(id);
  },
  "alarms/unshelve": (id, _, by) => (findAlarm(id), station.record("AlarmUnshelved", { alarm: id, by }), findAlarm(id)),
  "recommendations/approve": (id, _, by) => {
    const commands = station.approve(openRecommendation(id), by);
    const desk = station.deskAt(Date.now());
    return { recommendation: desk.recommendations.find((r) => r.id === id), commands: desk.commands.filter((c) => commands.includes(c.id)) };
  },
  "recommendations/reject": (id, { reason }, by) => {
    openRecommendation(id);
    if (!reason) refuse(400, "InvalidInput", "a rejection needs a reason");
    station.record("RecommendationDecided", { recommendation: id, verdict: "rejected", by, reason });
    return station.deskAt(Date.now()).recommendations.find((r) => r.id === id);
  },
};

function retrain({ subject, from, until }, by) {
  if (![...plant.estimators, ...plant.detectors].some((one) => one.path === subject)) refuse(404, "NotFound", `nothing that learns is called "${subject}"`);
  if (!(time(from) < time(until))) refuse(400, "InvalidInput", "the stretch to learn from ends before it begins");
  station.record("RetrainAsked", { subject, from, until, by });
  setTimeout(() => station.record("Trained", { subject, version: "sha-90ab", from, until, rows: 2700, summary: "off by 2.3 l/min (root mean square)" }), 20_000).unref();
  return { subject, from, until };
}

function who(request) {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ??
    /bearer\.([^\s,]+)/.exec(request.headers["sec-websocket-protocol"] ?? "")?.[1];
  const wanted = process.env.MOCK_TOKEN;
  if (wanted) return token === wanted ? "token-holder" : refuse(401, "PermissionDenied", "a token is needed");
  const name = request.headers["x-gemel-user"];
  return name ? decodeURIComponent(name) : null;
}

function read(path, query) {
  const now = Date.now();
  const trended = /^signals\/(.+)\/trend$/.exec(path);
  if (trended) return trend(decodeURIComponent(trended[1]), query);
  const desk = () => ({ at: iso(time(query.get("at"), now)), ...station.deskAt(time(query.get("at"), now)) });
  const run = /^whatif\/runs\/(\d+)$/.exec(path);
  if (run) return whatIfs[Number(run[1]) - 1] ?? refuse(404, "NotFound", `there is no what-if ${run[1]}`);
  switch (path) {
    case "status": return status();
    case "plant": return plant;
    case "snapshot/columns": return snapshot(query);
    case "trends": return { trends: query.get("signals").split(",").map((s) => trend(s, query)) };
    case "simulators": return { simulators: plant.simulators.map((s) => ({ ...s, ready: true, version: "sim-77ab12", adjustables: [] })) };
    case "whatif/runs": return { runs: whatIfs.toReversed().map(({ answer, ...run }) => run) };
    case "alarms/suggested": return { at: desk().at, suggested: station.suggestedAt(time(query.get("at"), now)) };
    case "alarms": return { at: desk().at, alarms: desk().alarms };
    case "recommendations": { const { alarms, ...rest } = desk(); return rest; }
    case "events": {
      const kinds = query.get("kinds")?.split(",");
      const from = time(query.get("from"), 0), until = time(query.get("until"), Infinity);
      const found = station.eventsUntil(now).filter((e) => e.known_at >= from && e.known_at < until && (!kinds || kinds.includes(e.kind)));
      return { events: found.slice(-Number(query.get("limit") ?? 1000)).map((e) => ({ ...e, known_at: iso(e.known_at) })) };
    }
    default: return refuse(404, "NotFound", `no such resource: ${path}`);
  }
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts).toString()) : {};
}

async function serveFile(path, response) {
  const file = join(dist, normalize(path === "/" ? "/index.html" : path));
  const content = await readFile(file).catch(() => refuse(404, "NotFound", `no file ${path}; did you run npm run build?`));
  response.writeHead(200, { "Content-Type": kTypes[extname(file)] ?? "application/octet-stream",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'" });
  response.end(content);
}

/** Pushes changes: complete first, then what differs. */
function stream(channel) {
  let last = new Map(), desk = "";
  const push = (complete) => {
    const at = Date.now(), signals = {};
    for (const { path } of plant.signals) {
      const b = station.beliefAt(path, at);
      const brief = { v: b.value, q: b.quality, t: b.time && Date.parse(b.time), ...(b.causes.length && { c: b.causes }),
        ...(b.missing_since && { m: Date.parse(b.missing_since) }) };
      const text = JSON.stringify(brief);
      if (complete || last.get(path) !== text) signals[path] = brief;
      last.set(path, text);
    }
    const now = station.deskAt(at), text = JSON.stringify(now);
    channel.send({ type: "delta", at: iso(at), known_at: iso(at), signals, ...(text !== desk && now) });
    desk = text;
  };
  channel.send({ type: "hello", plant: plant.name, version: plant.version, at: iso(Date.now()) });
  push(true);
  channel.send({ type: "status", status: status() });
  const timers = [setInterval(push, 500), setInterval(() => channel.send({ type: "status", status: status() }), 2000)];
  const forget = station.onChange(() => push());
  return () => (timers.forEach(clearInterval), forget());
}

export async function startMock({ port }) {
  let droppedUntil = 0;
  const channels = new Set();
  const handle = async (request, response) => {
    const url = new URL(request.url, "http://mock");
    const answer = (code, body) => (response.writeHead(code, { "Content-Type": "application/json" }), response.end(JSON.stringify(body)));
    try {
      if (url.pathname === "/mock/drop") {
        droppedUntil = Date.now() + (await bodyOf(request)).seconds * 1000;
        for (const channel of channels) channel.close();
        return answer(200, {});
      }
      if (url.pathname === "/healthz") return answer(200, { status: "degraded", reasons: ["source weather: connection refused"] });
      if (!url.pathname.startsWith("/api/v1/")) return await serveFile(url.pathname, response);
      if (Date.now() < droppedUntil) return request.socket.destroy();
      const user = who(request), path = url.pathname.slice("/api/v1/".length);
      if (path === "session") return answer(200, { user, token_required: Boolean(process.env.MOCK_TOKEN), may_write: user !== null });
      if (request.method === "GET") return answer(200, read(path, url.searchParams));
      const body = await bodyOf(request);
      if (path === "whatif/runs") return answer(200, startWhatIf(body, user ?? refuse(401, "PermissionDenied", "say who you are")));
      if (path === "retrain") return answer(200, retrain(body, user ?? refuse(401, "PermissionDenied", "say who you are")));
      const [noun, id, verb] = path.split("/");
      const action = kActions[`${noun}/${verb}`] ?? refuse(404, "NotFound", `no such resource: ${path}`);
      return answer(200, action(Number(id), body, user ?? refuse(401, "PermissionDenied", "say who you are")));
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      answer(error.status ?? 500, { error: { code: error.code ?? "Internal", message: error.message } });
    }
  };
  const server = createServer(handle);
  server.on("upgrade", (request, socket) => {
    try {
      who(request);
    } catch {
      return socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    if (Date.now() < droppedUntil) return socket.destroy();
    let stop = () => {};
    const channel = acceptWebSocket(request, socket, () => (stop(), channels.delete(channel)));
    channels.add(channel);
    stop = stream(channel);
  });
  const clock = setInterval(station.keepTime, 1000);
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { port: server.address().port, close: () => (clearInterval(clock), channels.forEach((c) => c.close()), server.closeAllConnections(), server.close()) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port } = await startMock({ port: Number(process.argv[2] ?? 8477) });
  console.log(`mock station at http://127.0.0.1:${port}`);
}

// What the browser tests look at. In this order:
//   GEMEL_URL       a page that already runs;
//   GEMEL_BIN_DIR   a build directory: the demo (broker, station, an hour of its past, twin) is started from it;
//   GEMEL_MOCK=1    the page's own mock of the API, for working on the page alone.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const kStartUp = 180_000; // ms, with an hour of past to simulate and replay on a slow machine
const kFirstFinding = 180_000; // ms until the scripted fault has led to an alarm and a recommendation

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks until `answered` is content. Fails with what came last. */
async function eventually(what, limit, answered) {
  const end = Date.now() + limit;
  let last = "nothing was tried";
  while (Date.now() < end) {
    try {
      if (await answered()) return;
      last = "not yet so";
    } catch (error) {
      last = error.message;
    }
    await sleep(500);
  }
  throw new Error(`${what}: not within ${limit / 1000} s (${last})`);
}

const getJson = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
};

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** Starts a program; `stop` ends it and waits; what it printed is told when it ends by itself. */
function start(program, options, env) {
  const child = spawn(program, options, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said = (said + data).slice(-8000)));
  const ended = new Promise((done) => child.once("exit", done).once("error", done));
  return {
    trouble: () => (child.exitCode === null && child.signalCode === null ? "" : `${program} ended: ${said}`),
    stop: async () => {
      child.kill("SIGTERM");
      await Promise.race([ended, sleep(20_000).then(() => child.kill("SIGKILL"))]);
    },
  };
}

async function startDemo(binaries) {
  const port = await freePort();
  const demo = join(root, "examples/pump_station/demo");
  const faults = join(root, "examples/pump_station/faults/clogging.txt");
  const running = start("bash", [demo, "--port", String(port), "--script", faults], { GEMEL_BIN_DIR: binaries });
  const url = `http://127.0.0.1:${port}/`;
  const alive = () => {
    if (running.trouble()) throw new Error(running.trouble());
  };
  try {
    await eventually("the demo's page", kStartUp, async () => (alive(), (await fetch(`${url}healthz`)).ok));
    await eventually("an alarm and a recommendation", kFirstFinding, async () => {
      alive();
      const { alarms, recommendations } = await getJson(`${url}api/v1/snapshot`);
      return alarms.some((a) => !a.acknowledged_at) && recommendations.some((r) => !r.decided);
    });
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { url, stop: running.stop };
}

async function startMockStation() {
  if (!existsSync(join(root, "ui/dist/index.html"))) throw new Error("ui/dist is not built: npm --prefix ui run build");
  const { startMock } = await import("../../ui/mock/server.mjs");
  const mock = await startMock({ port: 0 });
  return { url: `http://127.0.0.1:${mock.port}/`, stop: async () => mock.close() };
}

/** Why there is nothing to test here; empty when there is. */
export function missing() {
  if (process.env.GEMEL_URL || process.env.GEMEL_BIN_DIR || process.env.GEMEL_MOCK) return "";
  return "none of GEMEL_URL, GEMEL_BIN_DIR and GEMEL_MOCK is set";
}

/** {url, stop}: a page with at least one unacknowledged alarm and one open recommendation. */
export async function startStation() {
  const { GEMEL_URL, GEMEL_BIN_DIR } = process.env;
  if (GEMEL_URL) return { url: GEMEL_URL.replace(/\/?$/, "/"), stop: async () => {} };
  return GEMEL_BIN_DIR ? startDemo(GEMEL_BIN_DIR) : startMockStation();
}

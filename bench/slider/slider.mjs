// Drags the page's slider over the whole history and says how smooth that was.
//   GEMEL_URL=http://127.0.0.1:8080/ node slider.mjs [--steps 200] [--json FILE]
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as browsers from "../../tests/browser/browser.mjs";
import { probe } from "./probe.mjs";

const kStepMs = 16; // a hand moves on with every frame
const kFrameAimMs = 33.4; // two periods of a screen with 60 Hz
const kFollowAimMs = 150;

const { values: options } = parseArgs({ options: {
  steps: { type: "string", default: "200" }, json: { type: "string" }, url: { type: "string", default: process.env.GEMEL_URL },
} });
const steps = Number(options.steps);
if (!options.url || !(steps > 1)) {
  console.error("slider: say which page (--url or GEMEL_URL) and at least 2 --steps");
  process.exit(2);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const share = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? NaN;
const summary = (numbers) => ({ p50: share(numbers, 0.5), p95: share(numbers, 0.95), max: Math.max(...numbers), count: numbers.length });

/** From the left end to the right and back again, the button held down. Gives the moments when it began and ended. */
async function drag(page) {
  const box = await page.getByRole("slider", { name: "Moment shown" }).boundingBox();
  const y = box.y + box.height / 2;
  const x = (i) => box.x + 5 + ((box.width - 15) * Math.min(i, steps - i)) / (steps / 2);
  await page.mouse.move(x(0), y);
  await page.mouse.down();
  await pause(1000);
  const from = await page.evaluate(() => performance.now());
  const moves = [];
  for (let i = 1; i < steps; ++i) {
    moves.push(page.mouse.move(x(i), y)); // a hand does not wait until the page has seen it
    await pause(kStepMs);
  }
  await Promise.all(moves);
  const until = await page.evaluate(() => performance.now());
  await page.mouse.up();
  await pause(1500);
  return { from, until };
}

/** How long after each movement a picture was drawn that had been asked for since. */
function followed(inputs, shown) {
  return inputs.map((moved) => (shown.find((picture) => picture.asked >= moved)?.at ?? Infinity) - moved);
}

const browser = await browsers.launch();
try {
  const context = await browser.newContext({ viewport: browsers.sizes.desktop });
  await context.addInitScript(probe);
  await context.addInitScript(() => localStorage.setItem("gemel.user", "Bench")); // or the page asks, over everything
  const page = await context.newPage();
  await page.goto(options.url);
  await page.getByRole("slider", { name: "Moment shown" }).waitFor();
  await pause(1000);
  const { from, until } = await drag(page);
  const seen = await page.evaluate(() => window.gemelProbe);
  const during = (t) => t >= from && t <= until;
  const frames = seen.frames.map((t, i) => (i > 0 ? t - seen.frames[i - 1] : 0)).filter((_, i) => during(seen.frames[i]));
  const rows = {
    "frame, ms": { ...summary(frames), aim: kFrameAimMs },
    "movement to picture, ms": { ...summary(followed(seen.inputs.filter(during), seen.shown)), aim: kFollowAimMs },
    "long task, ms": summary(seen.longTasks.filter((task) => during(task.at)).map((task) => task.ms)),
  };
  if (seen.requests === 0) throw new Error("the page asked for no picture of the past: the slider was not reached");
  console.log(`${steps} movements in ${((until - from) / 1000).toFixed(1)} s, ${seen.requests} pictures`);
  const cell = (n) => (Number.isFinite(n) ? n.toFixed(1) : "-").padStart(9);
  console.log(`${"".padEnd(26)}${["p50", "p95", "max", "count"].map((name) => name.padStart(9)).join("")}   aim of p95`);
  for (const [name, { p50, p95, max, count, aim }] of Object.entries(rows)) {
    const verdict = aim === undefined ? "" : `   ${aim} ${p95 <= aim ? "met" : "MISSED"}`;
    console.log(`${name.padEnd(26)}${cell(p50)}${cell(p95)}${cell(max)}${String(count).padStart(9)}${verdict}`);
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
} finally {
  await browser.close();
}

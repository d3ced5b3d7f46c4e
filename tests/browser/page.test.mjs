// The operator's page in Chromium, against a running twin.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as browsers from "./browser.mjs";
import * as stations from "./station.mjs";

const { open, picture, sizes } = browsers;
const reason = browsers.missing() || stations.missing();
if (reason && process.env.GEMEL_NO_SKIP === "1") throw new Error(`browser tests can't run: ${reason}`);

const kScreens = { plant: "#/", alarms: "#/alarms", recommendations: "#/recommendations", whatif: "#/whatif", events: "#/events" };
const kDrift = 120_000; // ms until a drift is noticed, or something has learnt anew
const kPatience = 10_000; // ms a thing may take to appear; nothing is measured by it

if (reason) test("the operator's page", { skip: reason });
else describe("the operator's page", () => {
  let station, browser, plant, pump;

  before(async () => {
    station = await stations.startStation();
    browser = await browsers.launch();
    plant = await (await fetch(`${station.url}api/v1/plant`)).json();
    pump = plant.assets.find((a) => a.type === "CentrifugalPump").path;
  });
  after(async () => {
    await browser?.close();
    await station?.stop();
  });

  /** Opens, runs, closes; whatever went wrong inside the page fails the test. */
  async function visit(options, work) {
    const { page, errors, close } = await open(browser, station.url, options);
    page.setDefaultTimeout(kPatience);
    try {
      await work(page);
      assert.deepEqual(errors, [], "nothing may go wrong inside the page");
    } finally {
      await close();
    }
  }
  const rewound = (minutes) => `?at=${new Date(Date.now() - minutes * 60_000).toISOString()}`;

  test("shows the plant as a tree and as a flow, with live values", () =>
    visit({ hash: "#/" }, async (page) => {
      const tree = page.getByRole("tree", { name: "Assets" });
      await tree.getByRole("treeitem", { name: /Pump 1/ }).waitFor();
      const node = page.getByRole("region", { name: "Schematic" }).getByRole("link", { name: /Pump 1/ });
      await node.locator(".value-number", { hasText: /\d/ }).first().waitFor();
      await picture(page, "plant-light");
    }));

  test("asks an unnamed operator for a name, once, and keeps it", () =>
    visit({ name: null }, async (page) => {
      const dialog = page.getByRole("dialog", { name: "Who are you?" });
      await dialog.getByLabel("Name").fill("Jon Reed");
      await page.keyboard.press("Enter");
      await dialog.waitFor({ state: "detached" });
      await page.reload();
      await page.getByRole("button", { name: "Jon Reed" }).waitFor();
      assert.equal(await dialog.count(), 0);
    }));

  test("draws an asset's trends and zooms where they are dragged over", () =>
    visit({ hash: `#/asset/${pump}` }, async (page) => {
      const drawing = page.locator(".u-over").first();
      await drawing.waitFor();
      await picture(page, "asset-light");
      // A drawing that is just being made anew has no box yet.
      let box = null;
      while (box === null) box = await drawing.boundingBox();
      const asked = page.waitForResponse((r) => r.url().includes("/trends?") && r.ok());
      asked.catch(() => {}); // what goes wrong before it is awaited is told by itself
      await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 30, { steps: 4 });
      await page.mouse.up();
      const { trends } = await (await asked).json();
      const hour = 3_600_000;
      assert.ok(Date.parse(trends[0].until) - Date.parse(trends[0].from) < hour / 2, "the zoomed range is asked for anew");
      await page.getByRole("button", { name: /✕$/ }).first().click();
    }));

  test("acknowledges an alarm with the keyboard alone", () =>
    visit({ hash: "#/alarms" }, async (page) => {
      const fresh = page.locator(".alarm-row.is-unacknowledged");
      await fresh.first().waitFor();
      await picture(page, "alarms-light");
      const answered = page.waitForResponse((r) => r.url().endsWith("/acknowledge"));
      await page.keyboard.press("j");
      await page.keyboard.press("a");
      const response = await answered;
      assert.equal(response.status(), 200);
      const alarm = await response.json();
      assert.equal(alarm.acknowledged_by, "Mira Holm");
      await page.locator(`.alarm-row.is-acknowledged[data-alarm="${alarm.id}"]`).waitFor();
    }));

  test("asks for a time and a reason before it shelves", () =>
    visit({ hash: "#/alarms" }, async (page) => {
      await page.locator(".alarm-row:not(.is-cleared) .row-button").first().click();
      await page.getByRole("button", { name: "Shelve…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Shelve" }).click();
      await dialog.getByRole("alert").waitFor(); // no reason given: refused here, nothing sent
      await picture(page, "shelve-light");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }));

  test("says what an alarm was, from its details", () =>
    visit({ hash: "#/alarms" }, async (page) => {
      await page.locator(".alarm-row .row-button").first().click();
      await page.getByRole("button", { name: "Was it real?…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Save" }).click();
      await dialog.getByRole("alert").waitFor(); // nothing said: refused here, nothing sent
      await dialog.getByRole("radio", { name: "Real" }).check();
      await dialog.getByRole("textbox", { name: "What was wrong" }).fill("leaves in the intake");
      await picture(page, "label-light");
      const answered = page.waitForResponse((r) => r.url().endsWith("/label"));
      await dialog.getByRole("button", { name: "Save" }).click();
      const alarm = await (await answered).json();
      assert.deepEqual(alarm.label, { truth: "real", cause: "leaves in the intake", by: "Mira Holm" });
      await dialog.waitFor({ state: "detached" });
      await page.locator(`.alarm-row[data-alarm="${alarm.id}"] .alarm-label`, { hasText: "real" }).waitFor();
      await page.getByText("leaves in the intake").waitFor();
    }));

  test("suggests which alarms to look at, and takes an answer on the spot", () =>
    visit({ hash: "#/alarms" }, async (page) => {
      const { suggested } = await (await fetch(`${station.url}api/v1/alarms/suggested`)).json();
      const panel = page.getByRole("region", { name: "Worth a look" });
      if (suggested.length === 0) return assert.equal(await panel.count(), 0);
      await panel.getByText(suggested[0].reasons[0]).first().waitFor();
      await panel.getByRole("button", { name: /was a false alarm$/ }).first().click();
      const dialog = page.getByRole("dialog");
      assert.equal(await dialog.getByRole("radio", { name: "False alarm" }).isChecked(), true);
      const answered = page.waitForResponse((r) => r.url().endsWith("/label"));
      await dialog.getByRole("button", { name: "Save" }).click();
      assert.equal((await (await answered).json()).label.truth, "false");
      await dialog.waitFor({ state: "detached" });
    }));

  test("draws a forecast as a fan ahead of now, and nothing ahead of a past that is looked at closely", () =>
    visit({ hash: "#/asset/tank_1" }, async (page) => {
      const forecast = plant.estimators.find((e) => e.kind === "forecast");
      await page.locator(".legend-forecast .interval").first().waitFor();
      const figure = page.getByRole("figure").filter({ has: page.locator(".legend-forecast") });
      await figure.locator(".u-over").waitFor();
      await picture(page, "forecast-light");
      const table = page.getByRole("region", { name: "Estimates" });
      assert.equal(await table.locator(".estimate-when").count(), forecast.outputs.length, "a line for every lead");
      // The low and high ends are told with their middle, never as signals of their own.
      assert.equal(await page.getByRole("region", { name: "Signals" }).getByRole("row").count(), 1 + plant.signals.filter((s) => s.asset === "tank_1" && s.role === "measured").length);
      await page.getByRole("button", { name: "Zoom in" }).click();
      await page.locator(".legend-forecast").waitFor({ state: "detached" });
    }));

  test("tells how long a part will last, and how that was estimated", () =>
    visit({ hash: `#/asset/${plant.estimators.find((e) => e.kind === "life").asset}` }, async (page) => {
      const life = page.getByRole("article", { name: /^Remaining life of/ });
      await life.locator(".life-median", { hasText: /\d|none/ }).waitFor();
      await life.getByText("fails before the next planned stop").waitFor();
      await life.getByRole("img", { name: /^How the remaining life/ }).waitFor();
      await picture(page, "life-light");
    }));

  test("lets what drifted learn again from the proposed stretch, in two steps", () =>
    visit({ hash: "#/events" }, async (page) => {
      await page.getByRole("combobox", { name: "Show", exact: true }).selectOption({ label: "Learning and drift" });
      const button = page.getByRole("button", { name: /again from the proposed stretch$/ }).first();
      await button.waitFor({ timeout: kDrift });
      const writes = [];
      page.on("request", (request) => request.method() === "POST" && writes.push(request.url()));
      await button.click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("will count as normal").waitFor();
      await picture(page, "learn-light");
      assert.deepEqual(writes, [], "the first step sends nothing");
      const answered = page.waitForResponse((r) => r.url().endsWith("/retrain"));
      await dialog.getByRole("button", { name: "Learn again" }).click();
      const { subject } = await (await answered).json();
      await dialog.waitFor({ state: "detached" });
      const words = page.getByRole("row").filter({ hasText: "is to learn again" }).filter({ hasText: "Mira Holm" });
      await words.first().waitFor();
      await page.getByRole("row").filter({ hasText: `Trained: ${subject}` }).first().waitFor({ timeout: kDrift });
    }));

  test("marks the past on every screen and refuses to write there", () =>
    visit({ hash: `#/${rewound(2)}` }, async (page) => {
      for (const [name, hash] of [...Object.entries(kScreens), ["asset", `#/asset/${pump}`]]) {
        await page.goto(`${station.url}${hash}${rewound(2)}`);
        const band = page.getByRole("status").filter({ hasText: "PAST" });
        await band.waitFor();
        assert.match(await band.innerText(), /\d\d:\d\d:\d\d .*ago\)/, name);
        for (const button of await page.locator("button.write").all()) {
          assert.equal(await button.getAttribute("aria-disabled"), "true", `${name}: ${await button.innerText()}`);
        }
        await picture(page, `past-${name}`);
      }
      const writes = [];
      page.on("request", (request) => request.method() === "POST" && writes.push(request.url()));
      await page.goto(`${station.url}#/alarms${rewound(1)}`);
      await page.getByRole("status").filter({ hasText: "PAST" }).waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("a");
      await page.locator("button.write").first().click({ force: true, timeout: 2000 }).catch(() => undefined);
      assert.deepEqual(writes, []);
      await page.getByRole("button", { name: "Return to live" }).first().click();
      await page.getByRole("status").filter({ hasText: "PAST" }).waitFor({ state: "detached" });
    }));

  test("rewinds with the arrow keys on the time bar, and End returns", () =>
    visit({ hash: "#/" }, async (page) => {
      const slider = page.getByRole("slider", { name: "Moment shown" });
      await slider.focus();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("status").filter({ hasText: /1 min ago/ }).waitFor();
      assert.match(await slider.getAttribute("aria-valuetext"), /^past/);
      await page.keyboard.press("End");
      await page.getByRole("status").filter({ hasText: "PAST" }).waitFor({ state: "detached" });
      assert.match(await slider.getAttribute("aria-valuetext"), /^live/);
    }));

  test("keeps the track where it is when the past begins, so that it does not move under the hand", () =>
    visit({ hash: "#/" }, async (page) => {
      const slider = page.getByRole("slider", { name: "Moment shown" });
      const { x, width } = await slider.boundingBox();
      await slider.focus();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("status").filter({ hasText: "PAST" }).waitFor();
      const then = await slider.boundingBox();
      assert.deepEqual([then.x, then.width], [x, width]);
    }));

  test("follows the slider while it is dragged, one request at a time, and ends at the newest moment", () =>
    visit({ hash: "#/" }, async (page) => {
      // A far server: while one answer is awaited the slider moves on.
      await page.route("**/snapshot/columns?*", (route) => page.waitForTimeout(100).then(() => route.continue()));
      let open = 0, most = 0, last = "", count = 0;
      page.on("request", (r) => r.url().includes("/snapshot/columns?") && ((most = Math.max(most, ++open)), ++count, (last = r.url())));
      for (const end of ["requestfinished", "requestfailed"]) page.on(end, (r) => r.url().includes("/snapshot/columns?") && --open);
      const slider = page.getByRole("slider", { name: "Moment shown" });
      const box = await slider.boundingBox();
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.2, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, y, { steps: 60 });
      await page.mouse.up();
      await page.getByRole("status").filter({ hasText: "PAST" }).waitFor();
      // A slow hand rests on the way as well, so that there is an address and nothing is asked: it has settled when the
      // slider, the address (which follows when the slider rests) and the last answer are of the same moment.
      const shown = () => new URLSearchParams(new URL(page.url()).hash.split("?")[1]).get("at");
      const asked = () => last && new URL(last).searchParams.get("at");
      const valueOf = async (name) => Number(await slider.getAttribute(name));
      const now = async () => ({ slider: await valueOf("aria-valuenow"), address: shown(), asked: asked(), open });
      const settled = (s) => s.open === 0 && s.address === s.asked && Math.round(Date.parse(s.address) / 1000) === s.slider;
      let seen = await now();
      for (const until = Date.now() + kPatience; !settled(seen) && Date.now() < until; seen = await now()) await page.waitForTimeout(20);
      assert.ok(settled(seen), `the newest moment is asked for last: ${JSON.stringify(seen)}`);
      await page.getByText("loading…").waitFor({ state: "detached" });
      const [from, to] = [await valueOf("aria-valuemin"), await valueOf("aria-valuemax")];
      const target = from + 0.7 * (to - from); // where the mouse let go; the bar moves on meanwhile
      assert.ok(Math.abs(seen.slider - target) < 0.02 * (to - from) + 5, `${seen.slider} is where the slider was left, ${target}`);
      assert.equal(most, 1);
      assert.ok(count > 1, "it is asked on the way, not only where the slider rests");
    }));

  test("asks the snapshot as known then when told to", () =>
    visit({ hash: `#/${rewound(2)}` }, async (page) => {
      const asked = page.waitForRequest((r) => r.url().includes("/snapshot/columns?") && r.url().includes("known_at="));
      await page.getByRole("radio", { name: "as known then" }).check();
      const fields = new URL((await asked).url()).searchParams;
      assert.equal(fields.get("known_at"), fields.get("at"));
    }));

  test("reaches an asset by keyboard: skip link, tree, arrows", () =>
    visit({ hash: "#/" }, async (page) => {
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the screen");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "treeitem");
      await page.keyboard.press("End");
      const name = await page.evaluate(() => document.activeElement.dataset.path);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.hash === `#/asset/${name}`);
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, "none", "the focus is visible");
    }));

  test("asks the simulator and draws the answer beside carrying on as now", () =>
    visit({ hash: "#/whatif" }, async (page) => {
      const control = page.getByRole("spinbutton").first();
      await control.fill(await control.getAttribute("max"));
      await page.getByRole("button", { name: "Run" }).click();
      await page.locator(".whatif-figures .u-over").first().waitFor();
      await page.getByText("carry on as now").waitFor();
      await picture(page, "whatif-light");
    }));

  test("approves a recommendation in two steps, as oneself", () =>
    visit({ hash: "#/recommendations" }, async (page) => {
      await page.getByRole("button", { name: /^Review: / }).first().click();
      const dialog = page.getByRole("dialog");
      for (const word of ["Present", "Proposed", "Limits", "Expected effect", "confident", "expires in"]) {
        await dialog.getByText(word).first().waitFor();
      }
      await picture(page, "review-light");
      const writes = [];
      page.on("request", (request) => request.method() === "POST" && writes.push(request.url()));
      await dialog.getByRole("button", { name: "Continue" }).click();
      assert.deepEqual(writes, [], "the first step sends nothing");
      const answered = page.waitForResponse((r) => r.url().endsWith("/approve"));
      await dialog.getByRole("button", { name: "Approve and send as Mira Holm" }).click();
      const { recommendation, commands } = await (await answered).json();
      assert.equal(recommendation.decided.by, "Mira Holm");
      assert.ok(commands.length > 0);
      await dialog.getByText("What the envelope said").waitFor();
      await picture(page, "sent-light");
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await page.locator(".card.decided .verdict.is-approved").first().waitFor();
    }));

  test("sees the plant obey the command", () =>
    visit({ hash: "#/recommendations" }, async (page) => {
      await page.locator(".command", { hasText: "confirmed" }).first().waitFor({ timeout: 60_000 });
      await picture(page, "obeyed-light");
    }));

  test("has an audit trail that names who approved", () =>
    visit({ hash: "#/events" }, async (page) => {
      await page.getByRole("combobox", { name: "Show", exact: true }).selectOption({ label: "What people did" });
      const row = page.getByRole("row").filter({ hasText: /Recommendation \d+ approved/ }).filter({ hasText: "Mira Holm" });
      await row.first().waitFor();
      await picture(page, "events-light");
    }));

  test("follows the system's dark mode, and a person's choice over it", () =>
    visit({ hash: "#/", dark: true }, async (page) => {
      const field = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const lightness = (colour) => colour.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3;
      assert.ok(lightness(await field()) < 80);
      for (const [name, hash] of [...Object.entries(kScreens), ["asset", `#/asset/${pump}`]]) {
        await page.goto(`${station.url}${hash}`);
        await page.locator("#screen h1, #screen h2").first().waitFor();
        await page.waitForLoadState("networkidle");
        await picture(page, `${name}-dark`);
      }
      await page.getByRole("button", { name: "Use light colours" }).click();
      assert.ok(lightness(await field()) > 180);
    }));

  test("fits a tablet without scrolling sideways", () =>
    visit({ size: sizes.tablet }, async (page) => {
      for (const [name, hash] of [...Object.entries(kScreens), ["asset", `#/asset/${pump}`]]) {
        await page.goto(`${station.url}${hash}`);
        await page.locator("#screen h1, #screen h2").first().waitFor();
        await page.waitForLoadState("networkidle");
        await picture(page, `${name}-tablet`);
        const wider = await page.evaluate(() => [document.documentElement, document.getElementById("screen")].map((e) => e.scrollWidth - e.clientWidth));
        assert.deepEqual(wider, [0, 0], name);
      }
    }));

  test("gives everything that can be used a name, and every picture a text", () =>
    visit({}, async (page) => {
      for (const [name, hash] of [...Object.entries(kScreens), ["asset", `#/asset/${pump}`]]) {
        await page.goto(`${station.url}${hash}`);
        await page.locator("#screen h1, #screen h2").first().waitFor();
        const nameless = await page.evaluate(() => {
          const text = (e) => e.getAttribute("aria-label") || e.textContent.trim() || e.getAttribute("title") || e.getAttribute("placeholder") ||
            [...(e.labels ?? [])].map((l) => l.textContent.trim()).join("");
          const usable = [...document.querySelectorAll("button, a[href], input, select, textarea, [role=slider], [role=img], [role=tree], [tabindex='0']")];
          return usable.filter((e) => !text(e)).map((e) => e.outerHTML.slice(0, 120));
        });
        assert.deepEqual(nameless, [], name);
        const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i));
        assert.deepEqual(ids, [], `${name}: ids are unique`);
        assert.equal(await page.locator("html").getAttribute("lang"), "en");
      }
    }));

  test("loads nothing from elsewhere", () =>
    visit({}, async (page) => {
      const hosts = new Set();
      page.on("request", (request) => hosts.add(new URL(request.url()).host));
      await page.reload();
      await page.getByRole("tree").waitFor();
      assert.deepEqual([...hosts], [new URL(station.url).host]);
    }));

  test("says that the connection is lost, greys the values, and comes back by itself", async () => {
    const { page, close } = await open(browser, station.url, { hash: "#/alarms" });
    let cut = false;
    const sockets = [];
    await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
      if (cut) return socket.close();
      sockets.push(socket);
      socket.connectToServer();
    });
    await page.reload();
    await page.getByText("online").first().waitFor();
    cut = true;
    await Promise.all(sockets.map((socket) => socket.close()));
    await page.getByRole("alert").filter({ hasText: "Connection lost" }).waitFor({ timeout: kPatience });
    await picture(page, "lost-light");
    const filter = await page.evaluate(() => getComputedStyle(document.getElementById("screen")).filter);
    assert.match(filter, /grayscale/);
    cut = false;
    await page.getByRole("alert").filter({ hasText: "Connection lost" }).waitFor({ state: "detached", timeout: 40_000 });
    await close();
  });
});

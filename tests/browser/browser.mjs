// Chromium for the tests, and the page in it.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** Why there is no browser here; empty when there is. */
export const missing = () => (existsSync(executable) ? "" : `no Chromium at ${executable}; install it or set CHROMIUM`);

export const launch = () => chromium.launch({ executablePath: executable, args: quiet });

export const sizes = { desktop: { width: 1280, height: 800 }, tablet: { width: 820, height: 1180 } };

/** A page as a person has it on a later visit: the name is known. Collects what goes wrong in it. */
export async function open(browser, url, { hash = "", size = sizes.desktop, dark = false, name = "Mira Holm" } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: dark ? "dark" : "light", timezoneId: "Europe/Vienna",
    locale: "en-GB", reducedMotion: "reduce" });
  if (name) await context.addInitScript((who) => localStorage.setItem("gemel.user", who), name);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url + hash);
  await page.getByRole("navigation", { name: "Screens" }).waitFor();
  return { page, errors, close: () => context.close() };
}

/** Keeps a picture when GEMEL_SCREENSHOTS names a folder. */
export async function picture(page, name) {
  const folder = process.env.GEMEL_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

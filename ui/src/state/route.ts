// Where the page is: the screen, and the moment it shows. Both live in the address, so a link shows a colleague the same.
//   #/asset/line_1.pump_1?at=2025-11-22T02:14:05.000Z&known=then

import { topics, useTopic } from "./topics";

export type Screen = "plant" | "asset" | "alarms" | "recommendations" | "whatif" | "events";
const kScreens: readonly Screen[] = ["plant", "asset", "alarms", "recommendations", "whatif", "events"];

/** `at` null: live. `known` says which knowledge of that moment: what was known then, or what is known now. */
export interface Route {
  screen: Screen;
  asset: string;
  at: number | null;
  known: "then" | "now";
}

function parse(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?");
  const [first = "", ...rest] = path.split("/");
  const fields = new URLSearchParams(search);
  const at = Date.parse(fields.get("at") ?? "");
  return {
    screen: kScreens.find((s) => s === first) ?? "plant",
    asset: decodeURIComponent(rest.join("/")),
    at: Number.isNaN(at) ? null : at,
    known: fields.get("known") === "then" ? "then" : "now",
  };
}

let route = parse(location.hash);

export const currentRoute = () => route;

export function hrefOf(to: Route): string {
  const place = to.screen === "asset" ? `asset/${encodeURIComponent(to.asset)}` : to.screen === "plant" ? "" : to.screen;
  const moment = to.at === null ? "" : `?at=${new Date(to.at).toISOString()}${to.known === "then" ? "&known=then" : ""}`;
  return `#/${place}${moment}`;
}

function settle(next: Route): void {
  route = next;
  topics.emit("route");
}

const kRest = 150; // ms: browsers ignore an address that changes more often than twenty times a second for long
let addressTimer = 0;

/** To another screen: one step back in the browser returns. */
export function go(change: Partial<Route>): void {
  writeAddress();
  history.pushState(null, "", hrefOf({ ...route, ...change }));
  settle({ ...route, ...change });
}

/** To another moment on the same screen; leaves no trail of steps in the browser's history. The address follows at rest. */
export function seek(at: number | null, known: Route["known"] = route.known): void {
  settle({ ...route, at, known });
  clearTimeout(addressTimer);
  addressTimer = window.setTimeout(writeAddress, kRest);
}

function writeAddress(): void {
  clearTimeout(addressTimer);
  if (location.hash !== hrefOf(route)) history.replaceState(null, "", hrefOf(route));
}

for (const event of ["hashchange", "popstate"]) window.addEventListener(event, () => settle(parse(location.hash)));

export const useRoute = (): Route => useTopic("route", currentRoute);

/** The screen and its asset alone: whoever asks only for these is not drawn anew with every movement of the slider. */
export const useScreen = (): Screen => useTopic("route", () => route.screen);
export const useShownAsset = (): string => useTopic("route", () => route.asset);

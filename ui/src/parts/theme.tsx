// Light or dark: as the system says, until a person says otherwise.

import { topics, useTopic } from "../state/topics";
import { MoonIcon, SunIcon } from "./glyphs";

export type Theme = "light" | "dark";
const kKey = "gemel.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

const chosen = () => localStorage.getItem(kKey) as Theme | null;
const current = (): Theme => chosen() ?? (system.matches ? "dark" : "light");

function apply(): void {
  document.documentElement.dataset["theme"] = current();
  topics.emit("theme");
}

apply();
system.addEventListener("change", apply);

export const useTheme = (): Theme => useTopic("theme", current);

export function ThemeButton() {
  const theme = useTheme();
  const other: Theme = theme === "dark" ? "light" : "dark";
  const choose = () => {
    // Choosing what the system says anyway means following it again.
    if ((other === "dark") === system.matches) localStorage.removeItem(kKey);
    else localStorage.setItem(kKey, other);
    apply();
  };
  return (
    <button type="button" className="quiet icon-button" onClick={choose} aria-label={`Use ${other} colours`} title={`Use ${other} colours`}>
      {theme === "dark" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

import { Store } from "../core/store";

export type Theme = "system" | "light" | "dark" | "contrast";

/** Also read by public/theme.js before the first paint. */
const KEY = "salescoach.theme";
const ORDER: readonly Theme[] = ["system", "light", "dark", "contrast"];

export const theme = new Store<Theme>(read());

function read(): Theme {
  const stored = localStorage.getItem(KEY);
  return ORDER.find((known) => known === stored) ?? "system";
}

export function nextTheme(): void {
  const next = ORDER[(ORDER.indexOf(theme.get()) + 1) % ORDER.length] ?? "system";
  if (next === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, next);
    document.documentElement.dataset.theme = next;
  }
  theme.set(next);
}

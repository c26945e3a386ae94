const RESULTS_ID = "search-results";
const STOPS = "a, button";

export { RESULTS_ID };

function stops(): readonly HTMLElement[] {
  return [...(document.getElementById(RESULTS_ID)?.querySelectorAll<HTMLElement>(STOPS) ?? [])];
}

/** Tell whether there is one. */
export function focusFirstResult(): boolean {
  const [first] = stops();
  first?.focus();
  return first !== undefined;
}

/** Focus the result so many places from the one that has it; tell whether there is one. */
export function focusNeighbour(step: 1 | -1): boolean {
  const all = stops();
  const place = all.findIndex((stop) => stop === document.activeElement);
  const neighbour = place < 0 ? undefined : all[place + step];
  neighbour?.focus();
  return neighbour !== undefined;
}

import type { Period } from "../../core/adminApi";
import { faultOf, lastDays, type PeriodFault } from "../../core/adminTables";
import { goToAdmin, type AdminPlace } from "../route";

const USUAL_DAYS = 30;
/** So many days of feedback can be read together. */
export const MOST_DAYS = 92;

/** What is wished for on a page, as the address tells it: what is not there is empty. */
export interface Wishes {
  readonly get: (name: string) => string;
  /** Wishes that become empty leave the address. */
  readonly set: (changes: Readonly<Record<string, string>>) => void;
}

export function wishesOf({ page, query }: AdminPlace): Wishes {
  const wishes = new URLSearchParams(query);
  return {
    get: (name) => wishes.get(name) ?? "",
    set: (changes) => {
      const changed = new URLSearchParams(wishes);
      for (const [name, value] of Object.entries(changes)) {
        if (value === "") changed.delete(name);
        else changed.set(name, value);
      }
      goToAdmin({ page, query: changed.toString() }, { replace: true });
    },
  };
}

/** The days that are wished for, of which there may be `most`; the last thirty where none are. */
export function periodOf(wishes: Wishes, most: number): Period & { readonly fault: PeriodFault | null } {
  const wished = { from: wishes.get("from"), to: wishes.get("to") };
  const period = wished.from + wished.to === "" ? lastDays(USUAL_DAYS, new Date()) : wished;
  return { ...period, fault: faultOf(period, most) };
}

/** What of a page's wishes is worth taking to another page. */
export function shared(query: string): string {
  const kept = [...new URLSearchParams(query)].filter(([name]) => name === "from" || name === "to");
  return new URLSearchParams(kept).toString();
}

/** The wish, if it is one of these; else the first of them. */
export function oneOf<T extends string>(wish: string, choices: readonly [T, ...T[]]): T {
  return choices.find((choice) => choice === wish) ?? choices[0];
}

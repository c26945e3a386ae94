import type { Participant, Presence, Typing } from "../protocol/generated";
import { Store } from "./store";

/** What holds for a while unless it is said again. */
export interface Leases {
  /** By principal: until when, in milliseconds since the epoch. */
  readonly typing: ReadonlyMap<string, Lease>;
  readonly here: ReadonlyMap<string, Lease>;
}

export interface Lease {
  readonly participant: Participant;
  readonly until: number;
}

export const TYPING_MS = 6_000;
export const HERE_MS = 60_000;

const NOBODY: Leases = { typing: new Map(), here: new Map() };

/** Take up what somebody's client said. Pure. */
export function leased(leases: Leases, event: Typing | Presence, now: number): Leases {
  const { participant } = event;
  if (event.type === "typing") {
    const typing = event.on
      ? set(leases.typing, participant, now + TYPING_MS)
      : without(leases.typing, participant.id);
    // Who types is here.
    return { typing, here: event.on ? set(leases.here, participant, now + HERE_MS) : leases.here };
  }
  if (event.state === "here") return { ...leases, here: set(leases.here, participant, now + HERE_MS) };
  return { typing: without(leases.typing, participant.id), here: without(leases.here, participant.id) };
}

/** Whoever's message came types no longer, and is here. Pure. */
export function spoken(leases: Leases, participant: Participant, now: number): Leases {
  return {
    typing: without(leases.typing, participant.id),
    here: set(leases.here, participant, now + HERE_MS),
  };
}

/** What still holds. Pure; the same value while nothing ran out. */
export function standing(leases: Leases, now: number): Leases {
  const over = (lease: Lease): boolean => lease.until <= now;
  if (![...leases.typing.values(), ...leases.here.values()].some(over)) return leases;
  const kept = (map: ReadonlyMap<string, Lease>) => new Map([...map].filter(([, lease]) => !over(lease)));
  return { typing: kept(leases.typing), here: kept(leases.here) };
}

/** Who types and who is here, in the room that is shown. Kept apart from the room: nothing of it is in any log. */
export class RoomLeases {
  readonly view = new Store<Leases>(NOBODY);
  private timer: ReturnType<typeof setTimeout> | null = null;

  take(event: Typing | Presence): void {
    this.show(leased(this.view.get(), event, Date.now()));
  }

  spoke(participant: Participant): void {
    this.show(spoken(this.view.get(), participant, Date.now()));
  }

  clear(): void {
    this.show(NOBODY);
  }

  private show(leases: Leases): void {
    this.view.set(leases);
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const ends = [...leases.typing.values(), ...leases.here.values()].map(({ until }) => until);
    if (ends.length === 0) return;
    const wait = Math.max(0, Math.min(...ends) - Date.now());
    this.timer = setTimeout(() => {
      this.show(standing(this.view.get(), Date.now()));
    }, wait);
  }
}

function set(map: ReadonlyMap<string, Lease>, participant: Participant, until: number): Map<string, Lease> {
  return new Map(map).set(participant.id, { participant, until });
}

function without(map: ReadonlyMap<string, Lease>, id: string): ReadonlyMap<string, Lease> {
  if (!map.has(id)) return map;
  const rest = new Map(map);
  rest.delete(id);
  return rest;
}

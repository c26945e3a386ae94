import type { SessionSummary } from "../core/api";
import { strings } from "./strings";

export interface Period {
  readonly label: string;
  readonly sessions: readonly SessionSummary[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Group sessions, newest first: the pinned ones, then by how long ago they changed on the reader's own calendar. */
export function byPeriod(sessions: readonly SessionSummary[], now: Date): readonly Period[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups = new Map<string, SessionSummary[]>();
  const pinnedFirst = sessions.toSorted((a, b) => Number(b.pinned) - Number(a.pinned));
  for (const session of pinnedFirst) {
    const label = session.pinned ? strings.pinned : periodOf(new Date(session.updatedAt).getTime(), midnight);
    const group = groups.get(label);
    if (group) group.push(session);
    else groups.set(label, [session]);
  }
  return [...groups].map(([label, members]) => ({ label, sessions: members }));
}

function periodOf(time: number, midnight: number): string {
  const { today, yesterday, week, older } = strings.periods;
  if (Number.isNaN(time) || time >= midnight) return today;
  if (time >= midnight - DAY_MS) return yesterday;
  return time >= midnight - 7 * DAY_MS ? week : older;
}

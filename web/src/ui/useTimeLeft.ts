import { useEffect, useState } from "react";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Below this every second counts. */
const SOON_MS = 5 * MINUTE_MS;

/** Milliseconds until a moment (UTC, ISO 8601), as often as it matters; 0 when it has passed. */
export function useTimeLeft(moment: string): number {
  const [now, setNow] = useState(() => Date.now());
  const left = Math.max(0, Date.parse(moment) - now);
  const isOver = left <= 0;
  const pace = left < SOON_MS ? SECOND_MS : MINUTE_MS;
  useEffect(() => {
    if (isOver) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, pace);
    return () => {
      clearInterval(timer);
    };
  }, [isOver, pace]);
  return left;
}

import { locale } from "../languages/language";

/** When something was said, to the minute; the day stands above. */
export function Time({ at }: { at: string }) {
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return null;
  return (
    <time dateTime={at} title={when.toLocaleString(locale())}>
      {when.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", hour12: false })}
    </time>
  );
}

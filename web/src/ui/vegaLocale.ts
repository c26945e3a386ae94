const MANY = 1_234_567_890_123.4;
const WEEK = [1, 2, 3, 4, 5, 6, 7].map((day) => Date.UTC(2023, 0, day));
const YEAR = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((month) => Date.UTC(2023, month, 1));
const PLACES: Readonly<Partial<Record<Intl.DateTimeFormatPartTypes, string>>> = {
  day: "%d",
  month: "%m",
  year: "%Y",
  hour: "%H",
  minute: "%M",
  second: "%S",
};

/**
 * How a drawing writes numbers, in the form of `d3-format`. An amount keeps its currency, whatever the language: only
 * the tool's result knows it.
 */
export function numberLocale(tag: string) {
  const parts = new Intl.NumberFormat(tag).formatToParts(MANY);
  const valueOf = (type: Intl.NumberFormatPartTypes) => parts.find((part) => part.type === type)?.value;
  const digits = parts.filter(({ type }) => type === "integer").map(({ value }) => value.length);
  return {
    decimal: valueOf("decimal") ?? ".",
    thousands: valueOf("group") ?? "",
    // The leading digits are what is left over.
    grouping: digits.length > 1 ? digits.slice(1).reverse() : [3],
    currency: ["$", ""],
  };
}

/** How a drawing writes dates, in the form of `d3-time-format`. */
export function timeLocale(tag: string) {
  const names = (times: readonly number[], wanted: Intl.DateTimeFormatOptions) => {
    const written = new Intl.DateTimeFormat(tag, { ...wanted, timeZone: "UTC" });
    return times.map((time) => written.format(time));
  };
  const date = pattern(tag, { day: "2-digit", month: "2-digit", year: "numeric" });
  const time = pattern(tag, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  return {
    dateTime: `${date} ${time}`,
    date,
    time,
    periods: ["AM", "PM"],
    days: names(WEEK, { weekday: "long" }),
    shortDays: names(WEEK, { weekday: "short" }),
    months: names(YEAR, { month: "long" }),
    shortMonths: names(YEAR, { month: "short" }),
  };
}

function pattern(tag: string, wanted: Intl.DateTimeFormatOptions): string {
  const parts = new Intl.DateTimeFormat(tag, wanted).formatToParts(0);
  return parts.map(({ type, value }) => PLACES[type] ?? value).join("");
}

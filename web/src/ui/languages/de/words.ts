import { locale } from "../language";

const RULES = new Intl.PluralRules("de");

/** "1 Person", "3 Personen". */
export function counted(count: number, one: string, other: string): string {
  return `${number(count)} ${form(count, one, other)}`;
}

/** The form that goes with the number. */
export function form(count: number, one: string, other: string): string {
  return RULES.select(count) === "one" ? one : other;
}

export function number(value: number, options?: Intl.NumberFormatOptions): string {
  return value.toLocaleString(locale(), options);
}

/** "350 ms", "1,4 s". */
export function seconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${number(milliseconds)} ms`;
  return `${number(milliseconds / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
}

export function percent(share: number): string {
  return share.toLocaleString(locale(), { style: "percent" });
}

/** To the minute. */
export function moment(at: string): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

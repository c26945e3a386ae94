import type { Field, FieldKind, Format, Json, Option } from "./schemaFields";

/** What stands in a control: a choice by its option's key, several as a list of keys. */
export type Entry = string | boolean | readonly string[];
export type Draft = Readonly<Record<string, Entry>>;

/** What is wrong with an entry; `limit` is the number it goes against. */
export interface Fault {
  readonly code:
    | "required"
    | "number"
    | "integer"
    | "email"
    | "uri"
    | "date"
    | "json"
    | "text"
    | "yesNo"
    | "choice"
    | "tooLow"
    | "tooHigh"
    | "tooShort"
    | "tooLong"
    | "tooFew"
    | "tooMany";
  readonly limit: number | null;
}

export type Filled =
  | { readonly values: Json; readonly faults: null }
  | { readonly values: null; readonly faults: ReadonlyMap<string, Fault> };

type Read = { readonly value: unknown; readonly fault: null } | { readonly fault: Fault };

/** What stands in the controls to begin with. */
export function draftOf(fields: readonly Field[], values: Json): Draft {
  return Object.fromEntries(fields.map((field) => [field.name, entryOf(field, values)]));
}

/**
 * The values of a draft that began with those of `base`. What was not touched keeps its value exactly, what the fields
 * do not know stays, and an emptied field that is not required is left out.
 */
export function valuesOf(fields: readonly Field[], draft: Draft, base: Json): Filled {
  const values: Record<string, unknown> = { ...base };
  const faults = new Map<string, Fault>();
  for (const field of fields) {
    const { name } = field;
    const entry = draft[name] ?? "";
    if (name in base && sameEntry(entry, entryOf(field, base))) continue;
    const read = isEmpty(field, entry) ? readEmpty(field, entry) : readEntry(field, entry);
    if (read.fault) faults.set(name, read.fault);
    else if (read.value === undefined) Reflect.deleteProperty(values, name);
    else values[name] = read.value;
  }
  return faults.size > 0 ? { values: null, faults } : { values, faults: null };
}

function entryOf(field: Field, values: Json): Entry {
  const value = field.name in values ? values[field.name] : field.preset;
  switch (field.kind) {
    case "boolean":
      return value === true;
    case "choice":
      return keyOf(field.options, value) ?? "";
    case "choices":
      return Array.isArray(value) ? value.flatMap((item) => keyOf(field.options, item) ?? []) : [];
    case "json":
      return value === undefined || value === null ? "" : JSON.stringify(value, null, 2);
    default:
      return textOf(field, value);
  }
}

function textOf(field: Field, value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return field.format === "date-time" ? localTime(text) : text;
}

/** A moment as the browser's control writes it, on the reader's own clock; empty when it is none. */
function localTime(text: string): string {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) return "";
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function keyOf(options: readonly Option[], value: unknown): string | undefined {
  return options.find((option) => option.value === value)?.key;
}

function sameEntry(a: Entry, b: Entry): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function isEmpty(field: Field, entry: Entry): boolean {
  if (typeof entry === "boolean") return !entry && field.preset === undefined;
  return typeof entry === "string" ? entry.trim() === "" : entry.length === 0;
}

function readEmpty(field: Field, entry: Entry): Read {
  if (!field.required) return { value: undefined, fault: null };
  if (field.kind === "boolean") return { value: entry, fault: null };
  const mayBeEmpty = field.kind === "choices" && (field.least ?? 0) === 0;
  return mayBeEmpty ? { value: [], fault: null } : fault("required");
}

function readEntry(field: Field, entry: Entry): Read {
  if (typeof entry === "boolean") return { value: entry, fault: null };
  if (typeof entry !== "string") return readChoices(field, entry);
  switch (field.kind) {
    case "choice":
      return { value: field.options.find((option) => option.key === entry)?.value, fault: null };
    case "number":
    case "integer":
      return readNumber(field, Number(entry.trim()));
    case "json":
      return readJson(entry);
    default:
      return readText(field, entry);
  }
}

function readChoices(field: Field, keys: readonly string[]): Read {
  if (field.least !== null && keys.length < field.least) return fault("tooFew", field.least);
  if (field.most !== null && keys.length > field.most) return fault("tooMany", field.most);
  const chosen = field.options.filter((option) => keys.includes(option.key));
  return { value: chosen.map((option) => option.value), fault: null };
}

function readNumber(field: Field, value: number): Read {
  if (!Number.isFinite(value)) return fault("number");
  if (field.kind === "integer" && !Number.isInteger(value)) return fault("integer");
  if (field.least !== null && value < field.least) return fault("tooLow", field.least);
  if (field.most !== null && value > field.most) return fault("tooHigh", field.most);
  return { value, fault: null };
}

function readJson(text: string): Read {
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (error) {
    if (error instanceof SyntaxError) return fault("json");
    throw error;
  }
}

function readText(field: Field, text: string): Read {
  const length = Array.from(text).length;
  if (field.least !== null && length < field.least) return fault("tooShort", field.least);
  if (field.most !== null && length > field.most) return fault("tooLong", field.most);
  if (field.format === null) return { value: text, fault: null };
  const value = FORMATTED[field.format](text.trim());
  return value === null
    ? fault(field.format === "date-time" ? "date" : field.format)
    : { value, fault: null };
}

/** How a text of each format goes up; null when it is not of that format. */
const FORMATTED: Record<Format, (text: string) => string | null> = {
  email: (text) => (/^[^\s@]+@[^\s@]+$/.test(text) ? text : null),
  uri: (text) => (URL.canParse(text) ? text : null),
  date: (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null),
  "date-time": (text) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()),
};

function fault(code: Fault["code"], limit: number | null = null): Read {
  return { fault: { code, limit } };
}

/** What is wrong with values that were not filled in but written; of a field that is too deep for a control, nothing. */
export function faultsIn(fields: readonly Field[], values: Json): ReadonlyMap<string, Fault> {
  const found = fields.flatMap((field): [string, Fault][] => {
    const wrong = field.name in values ? faultOf(field, values[field.name]) : missing(field);
    return wrong ? [[field.name, wrong]] : [];
  });
  return new Map(found);
}

function missing({ required }: Field): Fault | null {
  return required ? { code: "required", limit: null } : null;
}

function faultOf(field: Field, value: unknown): Fault | null {
  // Which fields may be null, only the server sees.
  return value === null ? null : (WRITTEN[field.kind]?.(field, value).fault ?? null);
}

const WRITTEN: Partial<Record<FieldKind, (field: Field, value: unknown) => Read>> = {
  text: (field, value) =>
    typeof value === "string" ? readText({ ...field, format: null }, value) : fault("text"),
  number: readWrittenNumber,
  integer: readWrittenNumber,
  boolean: (_field, value) => (typeof value === "boolean" ? { value, fault: null } : fault("yesNo")),
  choice: ({ options }, value) =>
    keyOf(options, value) === undefined ? fault("choice") : { value, fault: null },
};

function readWrittenNumber(field: Field, value: unknown): Read {
  return typeof value === "number" ? readNumber(field, value) : fault("number");
}

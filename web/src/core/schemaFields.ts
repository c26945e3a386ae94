/** One value a person may choose; `key` stands for it in a draft, for the value itself need not be a string. */
export interface Option {
  readonly key: string;
  readonly value: unknown;
  readonly label: string;
}

export type Format = "email" | "date" | "date-time" | "uri";

/** `json`: too deep for a control of its own, and edited as JSON text. */
export type FieldKind = "text" | "number" | "integer" | "boolean" | "choice" | "choices" | "json";

/** One property of a JSON Schema, as a person fills it in. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly format: Format | null;
  /** Of `choice` and `choices`. */
  readonly options: readonly Option[];
  /** Limits: of a number its value, of a text its length, of `choices` how many. */
  readonly least: number | null;
  readonly most: number | null;
  /** What it is when nothing is said; undefined when the schema does not say. */
  readonly preset: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

const FORMATS: readonly string[] = ["email", "date", "date-time", "uri"] satisfies Format[];

/** A JSON object; null for everything else, text that is no JSON included. */
export function parseObject(text: string | null): Json | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The fields of an object's schema, in its order; null when it is not one a form can be made of. */
export function fieldsOf(schema: string | null): readonly Field[] | null {
  const { properties, required } = parseObject(schema) ?? {};
  if (!isObject(properties)) return null;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, isObject(property) ? property : {}, needed.has(name)),
  );
}

function fieldOf(name: string, property: Json, required: boolean): Field {
  const inner = { ...withoutNull(property), ...wordsOf(property) };
  const options = optionsOf(inner);
  const kind = kindOf(inner, options);
  return {
    name,
    label: stringOf(inner.title) || readable(name),
    hint: stringOf(inner.description),
    kind,
    required,
    format: kind === "text" ? formatOf(inner.format) : null,
    options: options ?? [],
    least: firstNumber(inner.minimum, inner.minLength, inner.minItems),
    most: firstNumber(inner.maximum, inner.maxLength, inner.maxItems),
    preset: inner.default,
  };
}

/** What is said beside an alternative is said of the property. */
function wordsOf(property: Json): Json {
  const words = ["title", "description", "default"].filter((key) => key in property);
  return Object.fromEntries(words.map((key) => [key, property[key]]));
}

/** `anyOf: [T, null]` and `type: [T, null]` are ways to write an optional T. */
function withoutNull(property: Json): Json {
  const { anyOf, type } = property;
  if (Array.isArray(type)) {
    const others = type.filter((name) => name !== "null");
    return others.length === 1 ? { ...property, type: others[0] as unknown } : property;
  }
  if (!Array.isArray(anyOf)) return property;
  const others = anyOf.filter((part) => isObject(part)).filter((part) => part.type !== "null");
  return others.length === 1 ? (others[0] ?? property) : property;
}

function kindOf(property: Json, options: readonly Option[] | null): FieldKind {
  if (options) return property.type === "array" ? "choices" : "choice";
  switch (property.type) {
    case "string":
      return "text";
    case "number":
    case "integer":
    case "boolean":
      return property.type;
    default:
      return "json";
  }
}

/** What may be chosen: `enum` with or without names, or titled constants; of a list, what its items may be. */
function optionsOf(property: Json): readonly Option[] | null {
  if (property.type === "array") return isObject(property.items) ? optionsOf(property.items) : null;
  const names: readonly unknown[] = Array.isArray(property.enumNames) ? property.enumNames : [];
  if (Array.isArray(property.enum))
    return property.enum.map((value, at) => option(at, value, stringOf(names[at])));
  const titled = property.oneOf ?? property.anyOf;
  if (!Array.isArray(titled) || !titled.every((part) => isObject(part) && "const" in part)) return null;
  return (titled as Json[]).map((part, at) => option(at, part.const, stringOf(part.title)));
}

function option(at: number, value: unknown, label: string): Option {
  return {
    key: String(at),
    value,
    label: label || (typeof value === "string" ? value : JSON.stringify(value)),
  };
}

function formatOf(format: unknown): Format | null {
  return typeof format === "string" && FORMATS.includes(format) ? (format as Format) : null;
}

/** `close_date` as a person would write it. */
export function readable(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function firstNumber(...values: readonly unknown[]): number | null {
  return values.find((value) => typeof value === "number") ?? null;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

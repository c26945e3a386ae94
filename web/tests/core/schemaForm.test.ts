import { describe, expect, it } from "vitest";
import { draftOf, valuesOf, type Draft } from "../../src/core/formValues";
import { fieldsOf, type Json } from "../../src/core/schemaFields";

const schema = (properties: object, required: string[] = []) =>
  JSON.stringify({ type: "object", properties, required });

const fieldsIn = (properties: object, required: string[] = []) => {
  const fields = fieldsOf(schema(properties, required));
  if (!fields) throw new Error("no fields");
  return fields;
};

/** The faults' codes and limits, or the values. */
function fill(properties: object, required: string[], draft: Draft, base: Json = {}): unknown {
  const fields = fieldsIn(properties, required);
  const filled = valuesOf(fields, { ...draftOf(fields, base), ...draft }, base);
  return (
    filled.values ??
    Object.fromEntries([...filled.faults].map(([name, { code, limit }]) => [name, [code, limit]]))
  );
}

describe("the fields of a schema", () => {
  it("keep its order and words, and make readable labels where it has none", () => {
    const [first, second] = fieldsIn(
      {
        close_date: { type: "string", format: "date" },
        seats: { type: "integer", title: "Seats", description: "How many" },
      },
      ["seats"],
    );
    expect(first).toMatchObject({ label: "Close date", kind: "text", format: "date", required: false });
    expect(second).toMatchObject({ label: "Seats", hint: "How many", kind: "integer", required: true });
  });

  it("take an alternative to null as an optional value", () => {
    const fields = fieldsIn({
      a: { anyOf: [{ type: "integer", minimum: 2 }, { type: "null" }], default: null, title: "A" },
      b: { type: ["string", "null"], description: "B" },
    });
    expect(fields.map(({ kind, label, least }) => [kind, label, least])).toEqual([
      ["integer", "A", 2],
      ["text", "B", null],
    ]);
  });

  it("offer what an enum, named values or a list of them allow", () => {
    const fields = fieldsIn({
      plain: { enum: ["a", 2] },
      named: { type: "string", enum: ["x", "y"], enumNames: ["Ex", "Why"] },
      titled: { type: "string", oneOf: [{ const: "l", title: "Low" }, { const: "h" }] },
      several: {
        type: "array",
        items: {
          anyOf: [
            { const: 1, title: "One" },
            { const: 2, title: "Two" },
          ],
        },
      },
    });
    expect(
      fields.map(({ kind, options }) => [kind, options.map(({ value, label }) => [value, label])]),
    ).toEqual([
      [
        "choice",
        [
          ["a", "a"],
          [2, "2"],
        ],
      ],
      [
        "choice",
        [
          ["x", "Ex"],
          ["y", "Why"],
        ],
      ],
      [
        "choice",
        [
          ["l", "Low"],
          ["h", "h"],
        ],
      ],
      [
        "choices",
        [
          [1, "One"],
          [2, "Two"],
        ],
      ],
    ]);
  });

  it("leave what is deep to JSON, and ignore formats they have no control for", () => {
    const fields = fieldsIn({
      rows: { type: "array", items: { type: "object" } },
      any: {},
      secret: { type: "string", format: "password" },
    });
    expect(fields.map(({ kind, format }) => [kind, format])).toEqual([
      ["json", null],
      ["json", null],
      ["text", null],
    ]);
  });

  it("are none for what is not the schema of an object", () => {
    for (const text of [null, "", "{", "[]", "7", '{"type":"string"}', '{"properties":[]}'])
      expect(fieldsOf(text)).toBeNull();
  });
});

describe("what is filled in", () => {
  it("goes up with its types", () => {
    const properties = {
      seats: { type: "integer" },
      price: { type: "number" },
      renewal: { type: "boolean" },
      term: { enum: [12, 24] },
      modules: { type: "array", items: { enum: ["a", "b", "c"] } },
      extra: { type: "object" },
      when: { type: "string", format: "date-time" },
    };
    const draft = {
      seats: " 7 ",
      price: "1.5",
      renewal: true,
      term: "1",
      modules: ["2", "0"],
      extra: '{"x":1}',
      when: "2026-01-02T03:04:00Z",
    };
    expect(fill(properties, [], draft)).toEqual({
      seats: 7,
      price: 1.5,
      renewal: true,
      term: 24,
      modules: ["a", "c"],
      extra: { x: 1 },
      when: "2026-01-02T03:04:00.000Z",
    });
  });

  it("leaves out what is empty and not required", () => {
    const properties = {
      a: { type: "string" },
      b: { type: "boolean" },
      c: { enum: ["x"] },
      d: { type: "integer" },
    };
    expect(fill(properties, [], {})).toEqual({});
    expect(fill(properties, ["b"], {})).toEqual({ b: false });
  });

  it("names every field that is wrong, with the limit it goes against", () => {
    const properties = {
      needed: { type: "string" },
      number: { type: "number" },
      whole: { type: "integer" },
      low: { type: "integer", minimum: 3 },
      high: { type: "number", maximum: 3 },
      short: { type: "string", minLength: 2 },
      long: { type: "string", maxLength: 2 },
      mail: { type: "string", format: "email" },
      link: { type: "string", format: "uri" },
      day: { type: "string", format: "date" },
      few: { type: "array", minItems: 2, items: { enum: ["a", "b", "c"] } },
      json: { type: "object" },
    };
    const draft = {
      number: "x",
      whole: "1.5",
      low: "2",
      high: "4",
      short: "🎯",
      long: "abc",
      mail: "ada",
      link: "nowhere",
      day: "soon",
      few: ["0"],
      json: "{",
    };
    expect(fill(properties, ["needed"], draft)).toEqual({
      needed: ["required", null],
      number: ["number", null],
      whole: ["integer", null],
      low: ["tooLow", 3],
      high: ["tooHigh", 3],
      short: ["tooShort", 2],
      long: ["tooLong", 2],
      mail: ["email", null],
      link: ["uri", null],
      day: ["date", null],
      few: ["tooFew", 2],
      json: ["json", null],
    });
  });

  it("keeps exactly what was not touched, and what no field knows", () => {
    const base = { to: "not an address", count: 1e21, other: { deep: [1] }, empty: "" };
    const properties = {
      to: { type: "string", format: "email" },
      count: { type: "integer" },
      empty: { type: "string" },
      cc: { type: "string" },
    };
    expect(fill(properties, ["to", "empty"], { cc: "eva" }, base)).toEqual({ ...base, cc: "eva" });
  });

  it("takes an emptied value out", () => {
    expect(fill({ cc: { type: "string" } }, [], { cc: "" }, { cc: "eva", to: "jan" })).toEqual({ to: "jan" });
  });

  it("begins with what the schema presets", () => {
    const properties = { urgent: { type: "boolean", default: true }, term: { enum: [12, 24], default: 24 } };
    expect(fill(properties, [], {})).toEqual({ urgent: true, term: 24 });
    expect(fill(properties, [], { urgent: false })).toEqual({ urgent: false, term: 24 });
  });
});

import { useState } from "react";
import { draftOf, valuesOf, type Draft, type Entry, type Fault } from "../core/formValues";
import { fieldsOf, parseObject, type Field, type Json } from "../core/schemaFields";

export interface SchemaFormState {
  /** Null when no form can be made of the schema: JSON text is all there is. */
  readonly fields: readonly Field[] | null;
  readonly draft: Draft;
  readonly faults: ReadonlyMap<string, Fault>;
  /** The JSON text that is edited; null while it is the fields. */
  readonly raw: string | null;
  readonly rawFault: boolean;
  /** Id of the control of a field, or of the text with null. */
  readonly controlId: (name: string | null) => string;
  readonly change: (name: string, entry: Entry) => void;
  readonly changeRaw: (text: string) => void;
  /** Edit the fields instead of the text, or the other way round; nothing happens while what is written is wrong. */
  readonly toggleRaw: () => void;
  /** Back to what it began with. */
  readonly reset: () => void;
  /** What is filled in; null when something is wrong, which is then shown, and gets the focus. */
  readonly read: () => Json | null;
}

interface Written {
  readonly base: Json;
  readonly draft: Draft;
  readonly raw: string | null;
  readonly faults: ReadonlyMap<string, Fault>;
  readonly rawFault: boolean;
}

const NO_FAULTS: ReadonlyMap<string, Fault> = new Map();

/** A form for the values of a JSON Schema (JSON text), begun with `initial`; `id` is unique on the page. */
export function useSchemaForm(schema: string | null, initial: Json, id: string): SchemaFormState {
  const [fields] = useState(() => fieldsOf(schema));
  const [written, setWritten] = useState<Written>(() => begin(fields, initial, fields === null));
  const { base, draft, raw } = written;
  const controlId = (name: string | null) => `${id}-${name ?? "raw"}`;
  const read = (): Json | null => {
    const filled = raw === null ? valuesOf(fields ?? [], draft, base) : parseRaw(raw);
    if (filled.values) return filled.values;
    setWritten({ ...written, faults: filled.faults ?? NO_FAULTS, rawFault: filled.faults === null });
    const [first] = filled.faults?.keys() ?? [];
    document.getElementById(controlId(first ?? null))?.focus();
    return null;
  };
  return {
    fields,
    ...written,
    controlId,
    read,
    reset: () => {
      setWritten(begin(fields, initial, fields === null));
    },
    change: (name, entry) => {
      const faults = new Map(written.faults);
      faults.delete(name);
      setWritten({ ...written, faults, draft: { ...draft, [name]: entry } });
    },
    changeRaw: (text) => {
      setWritten({ ...written, raw: text, rawFault: false });
    },
    toggleRaw: () => {
      const values = read();
      if (values) setWritten(begin(fields, values, raw === null));
    },
  };
}

function begin(fields: readonly Field[] | null, base: Json, asText: boolean): Written {
  return {
    base,
    draft: draftOf(fields ?? [], base),
    raw: asText ? JSON.stringify(base, null, 2) : null,
    faults: NO_FAULTS,
    rawFault: false,
  };
}

function parseRaw(text: string): { readonly values: Json | null; readonly faults: null } {
  return { values: parseObject(text), faults: null };
}

import { useState } from "react";
import {
  draftOf,
  faultsIn,
  valuesOf,
  type Draft,
  type Entry,
  type Fault,
  type Filled,
} from "../core/formValues";
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
  const show = (faults: ReadonlyMap<string, Fault> | null) => {
    setWritten({ ...written, faults: faults ?? NO_FAULTS, rawFault: faults === null });
    const [first] = (raw === null ? faults?.keys() : null) ?? [];
    document.getElementById(controlId(first ?? null))?.focus();
  };
  const read = (): Json | null => {
    const filled = raw === null ? valuesOf(fields ?? [], draft, base) : parseRaw(raw, fields ?? []);
    if (!filled.values) show(filled.faults);
    return filled.values;
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
      setWritten({ ...written, raw: text, faults: NO_FAULTS, rawFault: false });
    },
    toggleRaw: () => {
      // What a text lacks can be filled in as a form.
      const values = (raw === null ? null : parseObject(raw)) ?? read();
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

function parseRaw(text: string, fields: readonly Field[]): Filled | { values: null; faults: null } {
  const values = parseObject(text);
  const faults = values ? faultsIn(fields, values) : null;
  return values && faults?.size === 0 ? { values, faults: null } : { values: null, faults };
}

import { FieldControl } from "./FieldControl";
import { strings } from "./strings";
import type { SchemaFormState } from "./useSchemaForm";

interface SchemaFormProps {
  readonly form: SchemaFormState;
  readonly disabled: boolean;
  /** The JSON text may be edited too. */
  readonly rawToo?: boolean;
}

/** The controls of a form, or the JSON text behind them. What is wrong is said beside each. */
export function SchemaForm({ form, disabled, rawToo = false }: SchemaFormProps) {
  return (
    <fieldset className="schema-form" disabled={disabled}>
      {form.raw === null ? <Fields form={form} /> : <RawText form={form} raw={form.raw} />}
      {rawToo && form.fields !== null && (
        <button type="button" className="quiet" data-testid="raw-toggle" onClick={form.toggleRaw}>
          {form.raw === null ? strings.editAsJson : strings.editAsForm}
        </button>
      )}
    </fieldset>
  );
}

function Fields({ form }: { form: SchemaFormState }) {
  return (form.fields ?? []).map((field) => (
    <FieldControl
      key={field.name}
      id={form.controlId(field.name)}
      field={field}
      entry={form.draft[field.name] ?? ""}
      fault={form.faults.get(field.name) ?? null}
      change={(entry) => {
        form.change(field.name, entry);
      }}
    />
  ));
}

function RawText({ form, raw }: { form: SchemaFormState; raw: string }) {
  const id = form.controlId(null);
  return (
    <div className="field">
      <label htmlFor={id}>{strings.rawJson}</label>
      <textarea
        id={id}
        className="raw"
        spellCheck={false}
        rows={Math.min(16, raw.split("\n").length + 1)}
        value={raw}
        aria-invalid={form.rawFault || form.faults.size > 0}
        aria-describedby={`${id}-fault`}
        onChange={(event) => {
          form.changeRaw(event.target.value);
        }}
      />
      <div className="fault" id={`${id}-fault`}>
        {form.rawFault ? <p>{strings.rawFault}</p> : <RawFaults form={form} />}
      </div>
    </div>
  );
}

/** What is wrong, by the name a field has in the text. */
function RawFaults({ form }: { form: SchemaFormState }) {
  return [...form.faults].map(([name, fault]) => (
    <p key={name}>{strings.rawFieldFault(name, strings.fault(fault))}</p>
  ));
}

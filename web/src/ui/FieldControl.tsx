import type { Entry, Fault } from "../core/formValues";
import type { Field } from "../core/schemaFields";
import { strings } from "./strings";

interface ControlProps {
  readonly id: string;
  readonly field: Field;
  readonly entry: Entry;
  readonly change: (entry: Entry) => void;
}

type FieldProps = ControlProps & { readonly fault: Fault | null };

/** What every control says of itself to assistive technology. */
interface Described {
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
  readonly "aria-required": boolean;
}

const INPUT_TYPES = { email: "email", date: "date", "date-time": "datetime-local", uri: "url" } as const;
/** A text that may be longer than this is written over several lines, unless it has a format. */
const LONG = 120;

/** One field with its label, hint and fault. Nothing here hides what is typed: secrets are not asked for this way. */
export function FieldControl({ fault, ...control }: FieldProps) {
  const { id, field } = control;
  const described: Described = {
    "aria-describedby": `${id}-hint ${id}-fault`,
    "aria-invalid": fault !== null,
    "aria-required": field.required,
  };
  const grouped = field.kind === "choices";
  const plain = field.required || field.kind === "boolean";
  const label = plain ? field.label : `${field.label} ${strings.optional}`;
  return (
    <div className="field" data-kind={field.kind} data-field={field.name}>
      {grouped ? <span id={`${id}-label`}>{label}</span> : <label htmlFor={id}>{label}</label>}
      <Control control={control} described={described} />
      <p className="hint" id={`${id}-hint`}>
        {field.hint}
      </p>
      <p className="fault" id={`${id}-fault`}>
        {fault ? strings.fault(fault) : ""}
      </p>
    </div>
  );
}

function Control({ control, described }: { control: ControlProps; described: Described }) {
  const { field, ...rest } = control;
  switch (field.kind) {
    case "boolean":
      return <Checkbox {...rest} {...described} />;
    case "choice":
      return <Choice {...control} {...described} />;
    case "choices":
      return <Choices {...control} {...described} />;
    default:
      return <TextEntry {...control} {...described} />;
  }
}

function Checkbox({ id, entry, change, ...described }: Omit<ControlProps, "field"> & Described) {
  return (
    <input
      type="checkbox"
      id={id}
      checked={entry === true}
      {...described}
      onChange={(event) => {
        change(event.target.checked);
      }}
    />
  );
}

function Choice({ id, field, entry, change, ...described }: ControlProps & Described) {
  return (
    <select
      id={id}
      value={String(entry)}
      {...described}
      onChange={(event) => {
        change(event.target.value);
      }}
    >
      <option value="">{strings.choose}</option>
      {field.options.map((option) => (
        <option key={option.key} value={option.key}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Choices({ id, field, entry, change, ...described }: ControlProps & Described) {
  const chosen = Array.isArray(entry) ? (entry as readonly string[]) : [];
  return (
    <div
      role="group"
      className="choices"
      id={id}
      tabIndex={-1}
      aria-labelledby={`${id}-label`}
      {...described}
    >
      {field.options.map(({ key, label }) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={chosen.includes(key)}
            onChange={(event) => {
              change(event.target.checked ? [...chosen, key] : chosen.filter((other) => other !== key));
            }}
          />
          {label}
        </label>
      ))}
    </div>
  );
}

function TextEntry({ id, field, entry, change, ...described }: ControlProps & Described) {
  const text = String(entry);
  const shared = {
    id,
    value: text,
    autoComplete: "off",
    ...described,
    onChange: (event: { readonly target: { readonly value: string } }) => {
      change(event.target.value);
    },
  };
  if (field.kind === "json") return <textarea className="raw" spellCheck={false} rows={4} {...shared} />;
  if (field.kind !== "text") return <input type="text" inputMode="decimal" {...shared} />;
  if (field.format) return <input type={INPUT_TYPES[field.format]} {...shared} />;
  const isLong = text.length > LONG || text.includes("\n") || (field.most ?? 0) > LONG;
  return isLong ? (
    <textarea rows={Math.min(12, Math.max(3, text.split("\n").length + 1))} {...shared} />
  ) : (
    <input type="text" {...shared} />
  );
}

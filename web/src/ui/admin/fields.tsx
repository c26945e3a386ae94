interface DayFieldProps {
  readonly label: string;
  readonly value: string;
  readonly min?: string;
  readonly max?: string | undefined;
  readonly set: (day: string) => void;
}

export function DayField({ label, value, min, max, set }: DayFieldProps) {
  return (
    <label>
      {label}
      <input
        type="date"
        required
        value={value}
        min={min}
        max={max}
        onChange={(event) => {
          set(event.target.value);
        }}
      />
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly set: (value: T) => void;
}

export function Choice<T extends string>({ label, value, choices, set }: ChoiceProps<T>) {
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={(event) => {
          set(event.target.value as T);
        }}
      >
        {choices.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

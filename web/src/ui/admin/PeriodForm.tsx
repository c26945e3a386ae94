import { useState, type SyntheticEvent } from "react";
import type { Period } from "../../core/adminApi";
import { lastDays } from "../../core/adminTables";
import { adminStrings } from "./adminStrings";
import { DayField } from "./fields";
import type { Wishes } from "./wishes";

const PRESETS = [7, 30, 90] as const;

/** The days that are looked at. What is typed counts when it is sent, for a half-written year is a day, too. */
export function PeriodForm({ period, wishes }: { period: Period; wishes: Wishes }) {
  const [{ shown, draft }, setState] = useState({ shown: period, draft: period });
  if (shown.from !== period.from || shown.to !== period.to) setState({ shown: period, draft: period });
  const change = (changes: Partial<Period>) => {
    setState({ shown, draft: { ...draft, ...changes } });
  };
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    wishes.set({ ...draft });
  };
  return (
    <form className="admin-filters" onSubmit={onSubmit}>
      <DayField
        label={adminStrings.from}
        value={draft.from}
        set={(from) => {
          change({ from });
        }}
      />
      <DayField
        label={adminStrings.to}
        value={draft.to}
        min={draft.from}
        set={(to) => {
          change({ to });
        }}
      />
      <button type="submit" className="secondary">
        {adminStrings.show}
      </button>
      <Presets wishes={wishes} />
    </form>
  );
}

function Presets({ wishes }: { wishes: Wishes }) {
  return PRESETS.map((count) => (
    <button
      key={count}
      type="button"
      className="quiet"
      onClick={() => {
        wishes.set({ ...lastDays(count, new Date()) });
      }}
    >
      {adminStrings.lastDays(count)}
    </button>
  ));
}

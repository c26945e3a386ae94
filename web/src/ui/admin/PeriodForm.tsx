import { useState, type SyntheticEvent } from "react";
import type { Period } from "../../core/adminApi";
import { faultOf, isDay, lastDays, later } from "../../core/adminTables";
import { adminStrings } from "./adminStrings";
import { DayField } from "./fields";
import type { Wishes } from "./wishes";

const PRESETS = [7, 30, 90] as const;

interface FormProps {
  readonly period: Period;
  /** So many days can be looked at together. */
  readonly most: number;
  readonly wishes: Wishes;
}

/**
 * The days that are looked at. What is typed counts when it is sent, for a half-written year is a day, too; what is
 * wrong with it is then told here, in the words of the page and not of the browser.
 */
export function PeriodForm({ period: { from, to }, most, wishes }: FormProps) {
  const fault = faultOf({ from, to }, most);
  return (
    <>
      <Days {...{ from, to, most, wishes }} />
      {fault && (
        <p className="admin-fault" role="alert">
          {adminStrings.periodFaults[fault](most)}
        </p>
      )}
    </>
  );
}

function Days({ most, wishes, ...period }: Period & Omit<FormProps, "period">) {
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
    <form className="admin-filters" noValidate onSubmit={onSubmit}>
      <DayField
        label={adminStrings.from}
        value={draft.from}
        max={draft.to}
        set={(from) => {
          change({ from });
        }}
      />
      <DayField
        label={adminStrings.to}
        value={draft.to}
        min={draft.from}
        max={isDay(draft.from) ? later(draft.from, most - 1) : undefined}
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

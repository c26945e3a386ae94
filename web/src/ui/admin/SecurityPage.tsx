import { useCallback, useState, type SyntheticEvent } from "react";
import type { SecurityEvent, SecurityWish } from "../../core/adminApi";
import { calling, dayOf, isDay } from "../../core/adminTables";
import type { PageProps } from "./AdminArea";
import { adminStrings } from "./adminStrings";
import { LoadedView } from "./LoadedView";
import { Choice, DayField } from "./fields";
import { SortableTable, type Column } from "./SortableTable";
import { useLoaded } from "./useLoaded";
import type { Wishes } from "./wishes";

const kindName = (kind: string): string =>
  (adminStrings.kinds as Readonly<Record<string, string>>)[kind] ?? kind;
const kindNames = () => Object.keys(adminStrings.kinds);

/** Security events of a day, of a kind and of a person where that is wished for. */
export function SecurityPage({ api, wishes }: PageProps) {
  const wish = wishOf(wishes);
  const { day, kind, person } = wish;
  const read = useLoaded(
    useCallback(() => api.security({ day, kind, person }, null), [api, day, kind, person]),
  );
  return (
    <>
      <Filters {...{ wish, wishes }} />
      <LoadedView read={read}>
        {({ events, names, next }) => {
          const older = async () => {
            const more = await api.security(wish, next);
            return {
              events: [...events, ...more.events],
              names: { ...names, ...more.names },
              next: more.next,
            };
          };
          return (
            <>
              <Events {...{ events, names, wishes }} more={next !== null} />
              {next !== null && (
                <button
                  type="button"
                  className="secondary"
                  disabled={read.busy}
                  onClick={() => void read.loading.run(older)}
                >
                  {adminStrings.older}
                </button>
              )}
            </>
          );
        }}
      </LoadedView>
    </>
  );
}

function wishOf(wishes: Wishes): SecurityWish {
  const [day, kind] = [wishes.get("day"), wishes.get("kind")];
  return {
    day: isDay(day) ? day : dayOf(new Date()),
    kind: kindNames().includes(kind) ? kind : "",
    person: wishes.get("who"),
  };
}

function Filters({ wish, wishes }: { wish: SecurityWish; wishes: Wishes }) {
  const [{ shown, day, who }, setDraft] = useState({ shown: wish, day: wish.day, who: wish.person });
  if (shown.day !== wish.day || shown.person !== wish.person)
    setDraft({ shown: wish, day: wish.day, who: wish.person });
  const setDay = (written: string) => {
    setDraft({ shown, day: written, who });
  };
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    wishes.set({ day, who: who.trim() });
  };
  return (
    <form className="admin-filters" onSubmit={onSubmit}>
      <DayField label={adminStrings.day} value={day} set={setDay} />
      <label className="admin-who">
        {adminStrings.who}
        <input
          type="search"
          maxLength={100}
          value={who}
          onChange={(event) => {
            setDraft({ shown, day, who: event.target.value });
          }}
        />
      </label>
      <button type="submit" className="secondary">
        {adminStrings.show}
      </button>
      <KindChoice kind={wish.kind} wishes={wishes} />
    </form>
  );
}

function KindChoice({ kind, wishes }: { kind: string; wishes: Wishes }) {
  return (
    <Choice
      label={adminStrings.kind}
      value={kind}
      choices={[["", adminStrings.everyKind], ...kindNames().map((name) => [name, kindName(name)] as const)]}
      set={(wanted) => {
        wishes.set({ kind: wanted });
      }}
    />
  );
}

interface EventsProps {
  readonly events: readonly SecurityEvent[];
  readonly names: Readonly<Record<string, string>>;
  readonly more: boolean;
  readonly wishes: Wishes;
}

function Events({ events, names, more, wishes }: EventsProps) {
  if (events.length === 0) return <p role="status">{adminStrings.noEvents}</p>;
  return (
    <>
      <p role="status">{adminStrings.eventsCaption(events.length, more)}</p>
      <SortableTable
        caption={adminStrings.pages.security}
        testId="security-table"
        columns={columnsOf(calling({ names }), wishes)}
        rows={events}
        keyOf={({ at, kind, principal, detail }) => `${at} ${kind} ${principal} ${detail}`}
        first={{ by: 0, direction: "descending" }}
      />
    </>
  );
}

function columnsOf(called: (person: string) => string, wishes: Wishes): readonly Column<SecurityEvent>[] {
  return [
    {
      title: adminStrings.time,
      cell: ({ at }) => at,
      shown: ({ at }) => <time dateTime={at}>{clock(at)}</time>,
    },
    { title: adminStrings.kind, cell: ({ kind }) => kindName(kind) },
    {
      title: adminStrings.who,
      cell: ({ principal }) => called(principal),
      shown: ({ principal }) => <OnlyOf {...{ principal, wishes }} name={called(principal)} />,
    },
    { title: adminStrings.what, cell: ({ detail }) => detail },
  ];
}

interface OnlyOfProps {
  readonly principal: string;
  readonly name: string;
  readonly wishes: Wishes;
}

function OnlyOf({ principal, name, wishes }: OnlyOfProps) {
  return (
    <button
      type="button"
      className="link"
      aria-label={adminStrings.onlyOf(name)}
      title={principal}
      onClick={() => {
        wishes.set({ who: principal });
      }}
    >
      {name}
    </button>
  );
}

/** The time of day of a UTC time. */
function clock(at: string): string {
  return at.slice(11, 19);
}

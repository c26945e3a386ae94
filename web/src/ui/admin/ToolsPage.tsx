import { useCallback, useEffect, useRef } from "react";
import type { AdminApi, Period, ToolName, ToolNote, ToolReport, ToolVotes } from "../../core/adminApi";
import type { CallVote } from "../../protocol/generated";
import type { PageProps } from "./AdminArea";
import { adminStrings, moment, roleName } from "./adminStrings";
import { LoadedView } from "./LoadedView";
import { Choice } from "./fields";
import { PeriodForm } from "./PeriodForm";
import { SortableTable, type Column } from "./SortableTable";
import { useLoaded } from "./useLoaded";
import { MOST_DAYS, periodOf, type Wishes } from "./wishes";

const VOTES: readonly CallVote[] = ["useful", "wrong", "slow", "unsafe"];

/** Votes on something, whoever gave them. */
type Counted = Pick<ToolVotes, "total" | "votes">;

/** What people say of the tools, by tool and role, and why. */
export function ToolsPage({ api, wishes }: PageProps) {
  const { from, to, fault } = periodOf(wishes, MOST_DAYS);
  const read = useLoaded(useCallback(() => (fault ? null : api.tools({ from, to })), [api, from, to, fault]));
  const chosen = { server: wishes.get("server"), tool: wishes.get("tool") };
  return (
    <>
      <PeriodForm period={{ from, to }} most={MOST_DAYS} wishes={wishes} />
      <LoadedView read={read}>{(report) => <Told report={report} wishes={wishes} />}</LoadedView>
      {chosen.tool !== "" && chosen.server !== "" && (
        <Reasons
          key={`${chosen.server} ${chosen.tool}`}
          {...{ api, chosen }}
          period={{ from, to }}
          close={() => {
            wishes.set({ server: "", tool: "" });
          }}
        />
      )}
    </>
  );
}

function Told({ report, wishes }: { report: ToolReport; wishes: Wishes }) {
  const wished = wishes.get("role");
  const roles = [...new Set(report.tools.flatMap((tool) => tool.roles.map(({ role }) => role)))].sort();
  const role = roles.includes(wished) ? wished : "";
  const rows = ofRole(report.tools, role);
  if (report.tools.length === 0) return <p role="status">{adminStrings.noTools}</p>;
  return (
    <>
      <div className="admin-filters">
        <Choice
          label={adminStrings.role}
          value={role}
          choices={[["", adminStrings.everyRole], ...roles.map((name) => [name, roleName(name)] as const)]}
          set={(name) => {
            wishes.set({ role: name });
          }}
        />
      </div>
      <SortableTable
        caption={adminStrings.toolsCaption}
        testId="tools-table"
        columns={toolColumns()}
        rows={rows}
        keyOf={({ server, tool }) => `${server} ${tool}`}
        first={{ by: 2, direction: "descending" }}
        action={{ title: adminStrings.reasons, of: (row) => <Choose row={row} wishes={wishes} /> }}
      />
    </>
  );
}

function Choose({ row: { server, tool }, wishes }: { row: ToolName; wishes: Wishes }) {
  return (
    <button
      type="button"
      className="link"
      aria-label={adminStrings.reasonsFor(tool)}
      onClick={() => {
        wishes.set({ server, tool });
      }}
    >
      {adminStrings.reasons}
    </button>
  );
}

/** Each tool with the votes of one role alone; those that nobody of it judged are left out. */
function ofRole(tools: readonly ToolVotes[], role: string): readonly ToolVotes[] {
  if (role === "") return tools;
  return tools.flatMap((tool) => {
    const mine = tool.roles.find((votes) => votes.role === role);
    return mine ? [{ ...tool, total: mine.total, votes: mine.votes }] : [];
  });
}

function countsOf<R extends Counted>(): readonly Column<R>[] {
  return [
    { title: adminStrings.votes, cell: ({ total }: R) => total, numeric: true },
    ...VOTES.map((wanted) => ({
      title: adminStrings.callVotes[wanted],
      cell: ({ votes }: R) => votes.find(({ vote }) => vote === wanted)?.count ?? 0,
      numeric: true,
    })),
  ];
}

const toolColumns = (): readonly Column<ToolVotes>[] => [
  { title: adminStrings.tool, cell: ({ tool }) => tool },
  { title: adminStrings.server, cell: ({ server }) => server },
  ...countsOf<ToolVotes>(),
];
const roleColumns = (): readonly Column<ToolVotes["roles"][number]>[] => [
  { title: adminStrings.role, cell: ({ role }) => roleName(role) },
  ...countsOf<ToolVotes["roles"][number]>(),
];

interface ReasonsProps {
  readonly api: AdminApi;
  readonly period: Period;
  readonly chosen: ToolName;
  readonly close: () => void;
}

/** Why people judged one tool as they did: who they are by role, and what they wrote. */
function Reasons({ api, period: { from, to }, chosen: { server, tool }, close }: ReasonsProps) {
  const read = useLoaded(
    useCallback(() => api.tools({ from, to }, { server, tool }), [api, from, to, server, tool]),
  );
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="admin-detail" data-testid="tool-reasons">
      <header>
        <h3 ref={heading} tabIndex={-1}>
          {adminStrings.reasonsFor(tool)}
        </h3>
        <button type="button" className="quiet" onClick={close}>
          {adminStrings.close}
        </button>
      </header>
      <LoadedView read={read}>
        {({ tools, notes }) => (
          <>
            <SortableTable
              caption={adminStrings.byRole}
              testId="tool-roles"
              columns={roleColumns()}
              rows={tools.flatMap(({ roles }) => roles)}
              keyOf={({ role }) => role}
              first={{ by: 1, direction: "descending" }}
            />
            <h4>{adminStrings.notes}</h4>
            {notes.length === 0 && <p>{adminStrings.noNotes}</p>}
            <Notes notes={notes} />
          </>
        )}
      </LoadedView>
    </section>
  );
}

function Notes({ notes }: { notes: readonly ToolNote[] }) {
  return (
    <ul className="admin-notes">
      {notes.map(({ conversation_id: conversation, call_id: call, at, vote, roles, note }, place) => (
        <li key={`${conversation} ${call} ${place}`} data-testid="tool-note">
          <p>{note}</p>
          <small>
            {[adminStrings.callVotes[vote], moment(at), roles.join(", ")].filter(Boolean).join(" · ")}
          </small>
        </li>
      ))}
    </ul>
  );
}

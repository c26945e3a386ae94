import type { ReactNode } from "react";
import { isLastOwner } from "../../core/groupRoles";
import { fileName, save } from "../saveFile";
import { Confirm } from "./Confirm";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";

/** Exporting, leaving, archiving, deleting. */
export function MoreTab(props: PartProps) {
  const { facts, me, rights } = props;
  return (
    <div className="more-parts">
      <Export {...props} />
      <Part title={groupStrings.leaveTitle}>
        {isLastOwner(facts.members, me) ? (
          <p data-testid="last-owner">{groupStrings.lastOwner}</p>
        ) : (
          <Confirm
            label={groupStrings.leave}
            fullLabel={groupStrings.leaveTitle}
            question={groupStrings.leaveSure}
            testId="leave-group"
            act={() => props.end(() => props.desk.leave(), groupStrings.left(facts.details.title))}
          />
        )}
      </Part>
      {rights.own && <Archive {...props} />}
      {rights.own && <Delete {...props} />}
    </div>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {note && <p>{note}</p>}
      {children}
    </section>
  );
}

const FORMATS = [
  { format: "markdown", label: "exportMarkdown", ending: "md", type: "text/markdown" },
  { format: "json", label: "exportJson", ending: "json", type: "application/json" },
] as const;

function Export({ desk, facts, tell }: PartProps) {
  const make = async ({ format, ending, type }: (typeof FORMATS)[number]) => {
    const text = await desk.export(format);
    if (text === null) return;
    save(text, fileName(facts.details.title, desk.groupId, ending), type);
    tell(groupStrings.exported);
  };
  return (
    <Part title={groupStrings.exportTitle} note={groupStrings.exportNote}>
      <div className="entry-buttons">
        {FORMATS.map((each) => (
          <button
            key={each.format}
            type="button"
            className="secondary"
            data-testid={`export-${each.format}`}
            onClick={() => void make(each)}
          >
            {groupStrings[each.label]}
          </button>
        ))}
      </div>
    </Part>
  );
}

function Archive({ desk, facts, tell }: PartProps) {
  const { archived } = facts.details;
  const turn = async () => {
    if (!(await desk.change({ archived: !archived }))) return;
    tell(archived ? groupStrings.unarchived : groupStrings.archived);
  };
  return (
    <Part
      title={groupStrings.archiveTitle}
      note={archived ? groupStrings.unarchiveNote : groupStrings.archiveNote}
    >
      <button
        type="button"
        className="secondary"
        data-testid="archive-group"
        aria-label={archived ? groupStrings.unarchive : groupStrings.archive}
        onClick={() => void turn()}
      >
        {archived ? groupStrings.unarchive : groupStrings.archive}
      </button>
    </Part>
  );
}

function Delete({ desk, facts, end }: PartProps) {
  const { title, people } = facts.details;
  return (
    <Part title={groupStrings.deleteTitle} note={groupStrings.deleteNote}>
      <Confirm
        label={groupStrings.delete}
        question={groupStrings.deleteSure(title, people)}
        yes={groupStrings.deleteForGood}
        testId="delete-group"
        act={() => end(() => desk.delete(), groupStrings.deleted(title))}
      />
    </Part>
  );
}

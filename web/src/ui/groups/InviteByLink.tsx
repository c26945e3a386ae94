import { useId, useRef, useState, type SyntheticEvent } from "react";
import type { LinkRole, MadeLink } from "../../core/groupsApi";
import { linkTo } from "../../core/invitationLinks";
import { CopyButton } from "../Markdown";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";
import { useOnce } from "../useOnce";
import { RoleChoice } from "./RoleChoice";

const HOURS = [1, 24, 168, 720];
const USUAL_HOURS = 168;
const USUAL_USES = 25;
const MOST_USES = 200;

/** Make a link by which people join. What opens it is told once, and stays in sight until the dialog is left. */
export function InviteByLink({ desk, facts, rights, tell }: PartProps) {
  const [chosen, setRole] = useState<LinkRole>("member");
  const [hours, setHours] = useState(USUAL_HOURS);
  const [uses, setUses] = useState(String(USUAL_USES));
  const [made, setMade] = useState<MadeLink | null>(null);
  const role = rights.link.includes(chosen) ? chosen : "member";
  const most = Number(uses);
  const ready = Number.isInteger(most) && most >= 1 && most <= MOST_USES;
  const make = useOnce(async () => {
    if (!ready) return;
    const link = await desk.makeLink({ role, hours, max_uses: most });
    if (!link) return;
    setMade(link);
    tell(groupStrings.linkMade);
  });
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    make();
  };
  const holds = facts.links?.some(({ invitation_id: id }) => id === made?.link.invitation_id);
  return (
    <form className="entry-form" aria-label={groupStrings.inviteByLink} onSubmit={onSubmit}>
      <h3>{groupStrings.inviteByLink}</h3>
      <p>{groupStrings.linkNote}</p>
      <RoleChoice label={groupStrings.linkRole} roles={rights.link} role={role} choose={setRole} />
      <div className="pair">
        <HoursChoice hours={hours} choose={setHours} />
        <UsesField uses={uses} set={setUses} fault={!ready} />
      </div>
      <div className="entry-buttons">
        <button type="submit" className="primary" data-testid="make-link" disabled={!ready}>
          {groupStrings.makeLink}
        </button>
      </div>
      {made && holds && <NewLink url={linkTo(window.location.origin, made.token)} />}
    </form>
  );
}

function NewLink({ url }: { url: string }) {
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div className="field new-link">
      <label htmlFor={id}>{groupStrings.madeLink}</label>
      <div className="copyable">
        <input
          id={id}
          ref={box}
          readOnly
          data-testid="new-link"
          value={url}
          onFocus={() => box.current?.select()}
        />
        <CopyButton label={groupStrings.copyLink} text={() => url} />
      </div>
    </div>
  );
}

function HoursChoice({ hours, choose }: { hours: number; choose: (hours: number) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{groupStrings.linkHours}</label>
      <select
        id={id}
        value={hours}
        onChange={(event) => {
          choose(Number(event.target.value));
        }}
      >
        {HOURS.map((each) => (
          <option key={each} value={each}>
            {groupStrings.hours(each)}
          </option>
        ))}
      </select>
    </div>
  );
}

interface UsesProps {
  readonly uses: string;
  readonly set: (uses: string) => void;
  readonly fault: boolean;
}

function UsesField({ uses, set, fault }: UsesProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{groupStrings.linkUses}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        min={1}
        max={MOST_USES}
        value={uses}
        aria-invalid={fault}
        onChange={(event) => {
          set(event.target.value);
        }}
      />
    </div>
  );
}

import { COACH_NAMED } from "../../core/roomMentions";
import { labelled } from "../../core/roomNames";
import type { Room } from "../../core/roomState";
import { Icon } from "../Icon";
import { listed, roomStrings as words } from "./roomStrings";

interface ChoiceProps {
  readonly room: Room;
  /** Who alone is to see it; empty for everyone. */
  readonly to: readonly string[];
  readonly setTo: (to: readonly string[]) => void;
  /** Somebody of these does not belong to the group. */
  readonly astray: boolean;
}

const SEVERAL = "several";
const ASTRAY = "astray";

/** Who sees what is written: everyone, the coach alone, or one person. */
export function WhisperChoice({ room, to, setTo, astray }: ChoiceProps) {
  const all = labelled([...room.members.values()]);
  const others = all.filter(({ id }) => room.members.get(id)?.invited === false && id !== room.me);
  const names = listed(to.map((id) => all.find((person) => person.id === id)?.name ?? words.coach));
  const special = astray ? ASTRAY : to.length > 1 ? SEVERAL : null;
  return (
    <label className="whisper-choice" data-whisper={to.length > 0}>
      <Icon name="eye" size={14} />
      <span className="hidden">{words.to}</span>
      <select
        data-testid="whisper-to"
        value={special ?? to[0] ?? ""}
        onChange={({ target }) => {
          setTo(target.value === "" ? [] : [target.value]);
        }}
      >
        {special !== null && (
          <option value={special} disabled>
            {astray ? words.toNobody : words.toOne(names)}
          </option>
        )}
        <option value="">{words.toAll}</option>
        <option value={COACH_NAMED.id}>{words.toCoach}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {words.toOne(name)}
          </option>
        ))}
      </select>
      {astray ? <Astray /> : <Whispering to={to} names={names} />}
    </label>
  );
}

function Astray() {
  return (
    <span className="fault" role="alert" data-testid="whisper-astray">
      {words.whisperAstray}
    </span>
  );
}

function Whispering({ to, names }: { to: readonly string[]; names: string }) {
  if (to.length === 0) return null;
  return (
    <span role="status">{to.includes(COACH_NAMED.id) ? words.whisperingCoach : words.whispering(names)}</span>
  );
}

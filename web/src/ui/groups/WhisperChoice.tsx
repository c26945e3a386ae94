import { COACH_NAMED } from "../../core/roomMentions";
import type { Room } from "../../core/roomState";
import { Icon } from "../Icon";
import { listed, roomStrings as words } from "./roomStrings";

interface ChoiceProps {
  readonly room: Room;
  /** Who alone is to see it; empty for everyone. */
  readonly to: readonly string[];
  readonly setTo: (to: readonly string[]) => void;
}

const SEVERAL = "several";

/** Who sees what is written: everyone, the coach alone, or one person. */
export function WhisperChoice({ room, to, setTo }: ChoiceProps) {
  const others = [...room.members.values()].filter(({ id, invited }) => !invited && id !== room.me);
  const names = to.map((id) => room.members.get(id)?.name ?? words.coach);
  return (
    <label className="whisper-choice" data-whisper={to.length > 0}>
      <Icon name="eye" size={14} />
      <span className="hidden">{words.to}</span>
      <select
        data-testid="whisper-to"
        value={to.length > 1 ? SEVERAL : (to[0] ?? "")}
        onChange={({ target }) => {
          if (target.value !== SEVERAL) setTo(target.value === "" ? [] : [target.value]);
        }}
      >
        <option value="">{words.toAll}</option>
        {to.length > 1 && <option value={SEVERAL}>{words.toOne(listed(names))}</option>}
        <option value={COACH_NAMED.id}>{words.toCoach}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {words.toOne(name)}
          </option>
        ))}
      </select>
      {to.length > 0 && (
        <span role="status">
          {to.includes(COACH_NAMED.id) ? words.whisperingCoach : words.whispering(listed(names))}
        </span>
      )}
    </label>
  );
}

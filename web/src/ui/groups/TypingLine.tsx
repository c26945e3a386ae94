import type { RoomLeases } from "../../core/roomLeases";
import { useStore } from "../useStore";
import { roomStrings as words } from "./roomStrings";

/** Who types. Its place is kept, so that nothing jumps; it is not read aloud, for it changes all the time. */
export function TypingLine({ leases, me }: { leases: RoomLeases; me: string }) {
  const { typing } = useStore(leases.view);
  const names = [...typing.values()]
    .map(({ participant }) => participant)
    .filter(({ id }) => id !== me)
    .map(({ name }) => name.split(" ")[0] ?? name);
  return (
    <p className="typing-line" data-testid="typing">
      {names.length > 0 && (
        <span className="dots" aria-hidden="true">
          <span />
          <span />
          <span />
        </span>
      )}
      {words.typing(names)}
    </p>
  );
}

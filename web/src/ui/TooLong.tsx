import type { Excess } from "../core/limits";
import { strings } from "./strings";

/** What is written is too long for one message; only the count changes while it is made shorter. */
export function TooLong({ excess, id }: { excess: Excess | null; id: string }) {
  if (!excess) return null;
  return (
    <p className="too-long fault" data-testid="too-long" id={id}>
      <span role="alert">{strings.tooLong(excess.most)}</span> {strings.tooLongNow(excess.count)}
    </p>
  );
}

import { COACH_NAMED } from "../../core/roomMentions";
import type { Reaction, Shared } from "../../core/roomState";
import { Markdown } from "../Markdown";
import { spotFor } from "../spots";
import { Avatar } from "./Avatar";
import { MessageActions } from "./MessageActions";
import { Reactions } from "./Reactions";
import { memo } from "../languages/memo";
import { roomStrings as words } from "./roomStrings";
import { Time } from "./Time";

interface SharedProps {
  readonly entry: Shared;
  readonly reactions: readonly Reaction[] | undefined;
  readonly me: string;
  readonly writes: boolean;
}

/** What the coach had told somebody alone, and they shared. */
export const SharedAnswer = memo(function SharedAnswer({ entry, reactions, me, writes }: SharedProps) {
  return (
    <article
      className="room-message coach"
      data-testid="room-shared"
      // Who shared it has the answer itself, which is the place to go to.
      {...spotFor(entry.by.id === me ? null : entry.messageId)}
    >
      <Avatar who={COACH_NAMED} />
      <div className="room-message-body">
        <header>
          <h3>{words.coach}</h3>
          <Time at={entry.at} />
          <span className="room-to">{words.sharedBy(entry.by.name)}</span>
        </header>
        <div className="markdown">
          <Markdown text={entry.text} />
        </div>
        <Reactions messageId={entry.messageId} reactions={reactions} me={me} writes={writes} />
      </div>
      {writes && (
        <MessageActions
          {...{ reactions, me }}
          name={words.coach}
          messageId={entry.messageId}
          onEdit={null}
          removable={false}
        />
      )}
    </article>
  );
});

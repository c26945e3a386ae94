import { quoteOf, type Room } from "../../core/roomState";
import { COMPOSER_ID } from "../focus";
import { Icon } from "../Icon";
import { quoteText } from "./quoteText";
import { roomStrings as words } from "./roomStrings";

interface ReplyingProps {
  readonly room: Room;
  readonly messageId: string;
  readonly cancel: () => void;
}

/** Which message is being replied to. */
export function Replying({ room, messageId, cancel }: ReplyingProps) {
  const quote = quoteOf(room, messageId);
  return (
    <p className="replying" data-testid="replying">
      <Icon name="reply" size={14} />
      <span>
        {quote ? (
          <>
            <strong>{words.replying(quote.author.name)}</strong> {quoteText(quote) || words.goneReply}
          </>
        ) : (
          words.unknownReply
        )}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={words.cancelReply}
        onClick={() => {
          cancel();
          document.getElementById(COMPOSER_ID)?.focus();
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </p>
  );
}

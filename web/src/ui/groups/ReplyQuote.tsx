import { spotId } from "../spots";
import { roomStrings as words } from "./roomStrings";

interface QuoteProps {
  readonly messageId: string;
  /** Empty when the reader cannot see the message. */
  readonly name: string;
  /** Empty when it was taken back. */
  readonly text: string;
}

/** The message that is answered, and the way to it. */
export function ReplyQuote({ messageId, name, text }: QuoteProps) {
  if (name === "") return <p className="reply-quote">{words.unknownReply}</p>;
  return (
    <button
      type="button"
      className="reply-quote"
      data-testid="reply-quote"
      title={words.goTo}
      onClick={() => {
        const element = document.getElementById(spotId(messageId));
        element?.scrollIntoView({ block: "center" });
        element?.focus({ preventScroll: true });
      }}
    >
      <strong>{name}</strong> <span>{text || words.goneReply}</span>
    </button>
  );
}

import { useRoomActions } from "./roomActions";
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
  const { goTo } = useRoomActions();
  if (name === "") return <p className="reply-quote">{words.unknownReply}</p>;
  return (
    <button
      type="button"
      className="reply-quote"
      data-testid="reply-quote"
      title={words.goTo}
      onClick={() => {
        goTo(messageId);
      }}
    >
      <strong>{name}</strong> <bdi>{text || words.goneReply}</bdi>
    </button>
  );
}

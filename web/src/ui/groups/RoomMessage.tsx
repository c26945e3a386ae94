import { useCallback, useState } from "react";
import { namesIn, segments, type Named } from "../../core/roomMentions";
import type { Message, Reaction } from "../../core/roomState";
import { Icon } from "../Icon";
import { Markdown } from "../Markdown";
import { spotFor } from "../spots";
import { Avatar } from "./Avatar";
import { MessageEditor } from "./MessageEditor";
import { MessageActions } from "./MessageActions";
import { Reactions } from "./Reactions";
import { ReplyQuote } from "./ReplyQuote";
import { useRoomActions } from "./roomActions";
import { memo } from "../languages/memo";
import { roomStrings as words } from "./roomStrings";
import { Time } from "./Time";

interface MessageProps {
  readonly message: Message;
  /** The name and the picture stand above already. */
  readonly continued: boolean;
  readonly me: string;
  /** The reader may write, and react. */
  readonly writes: boolean;
  readonly leads: boolean;
  readonly reactions: readonly Reaction[] | undefined;
  /** Who belongs to the group. */
  readonly people: readonly Named[];
  /** Whom it answers and what they said: null when it answers nobody, empty when the reader cannot see it. */
  readonly replyName: string | null;
  readonly replyText: string | null;
  /** Who else sees it; empty for the coach alone, null for everyone. */
  readonly whisperTo: string | null;
  /** Its place in the coach's line, 0 when it waits for nothing. */
  readonly queued: number;
  readonly removed: boolean;
  /** It was put into a running answer. */
  readonly steered: boolean;
  readonly stoppable: boolean;
}

/** What somebody said. */
export const RoomMessage = memo(function RoomMessage(props: MessageProps) {
  const { message, continued, me, whisperTo } = props;
  const [editing, setEditing] = useState(false);
  const close = useCallback(() => {
    setEditing(false);
  }, []);
  return (
    <article
      className={message.author.kind === "coach" ? "room-message coach" : "room-message"}
      data-testid="room-message"
      data-own={message.author.id === me}
      data-continued={continued}
      data-whisper={whisperTo !== null}
      data-gone={message.gone}
      {...spotFor(message.messageId)}
    >
      {continued ? <span /> : <Avatar who={message.author} />}
      <div className="room-message-body">
        <header className={continued ? "hidden" : undefined}>
          <h3>{message.author.name}</h3>
          <Time at={message.at} />
        </header>
        {whisperTo !== null && !message.gone && <WhisperMark to={whisperTo} />}
        {message.copied && !message.gone && <CopiedMark {...message.copied} />}
        <Reply {...props} />
        {editing ? <MessageEditor message={message} close={close} /> : <Text {...props} />}
        <Marks {...props} />
        <Standing {...props} />
      </div>
      {!editing && <Actions {...props} onEdit={setEditing} />}
    </article>
  );
});

function Marks({ message, reactions, me, writes }: MessageProps) {
  if (message.gone) return null;
  return <Reactions {...{ reactions, me, writes }} messageId={message.messageId} />;
}

function Actions(props: MessageProps & { readonly onEdit: (editing: true) => void }) {
  const { message, me, writes, leads, reactions, onEdit } = props;
  if (!writes || message.gone) return null;
  const own = message.author.id === me;
  return (
    <MessageActions
      {...{ me, reactions }}
      name={message.author.name}
      messageId={message.messageId}
      onEdit={own ? onEdit : null}
      removable={own || leads}
    />
  );
}

function Reply({ message, replyName, replyText }: MessageProps) {
  if (message.replyTo === null || message.gone || replyName === null) return null;
  return <ReplyQuote messageId={message.replyTo} name={replyName} text={replyText ?? ""} />;
}

function Text({ message, people, me }: MessageProps) {
  if (message.gone) return <p className="room-gone">{words.gone}</p>;
  if (message.author.kind === "coach")
    return (
      <div className="markdown">
        <Markdown text={message.text} />
      </div>
    );
  return (
    <p className="room-text" dir="auto">
      {segments(message.text, namesIn(people, message.mentions)).map(({ text, id }, index) =>
        id === null ? (
          text
        ) : (
          <span key={index} className="mention" data-me={id === me}>
            {text}
          </span>
        ),
      )}
      {message.edited && <small> {words.edited}</small>}
    </p>
  );
}

function CopiedMark({ by, saidAt }: NonNullable<Message["copied"]>) {
  return (
    <p className="room-standing" data-testid="copied-mark">
      <Icon name="copy" size={14} />
      {words.copied(by.name, saidAt)}
    </p>
  );
}

export function WhisperMark({ to }: { to: string }) {
  return (
    <p className="whisper-mark" data-testid="whisper-mark">
      <Icon name="eye" size={14} />
      {to === "" ? words.whisperCoach : words.whisper(to)}
    </p>
  );
}

/** How it stands with the coach, where that is worth a word. */
function Standing({ message, queued, removed, steered, stoppable }: MessageProps) {
  const actions = useRoomActions();
  const { turnId } = message;
  if (message.gone) return null;
  if (steered)
    return (
      <p className="room-standing" data-testid="room-steered">
        {words.steered}
      </p>
    );
  if (removed) return <p className="room-standing">{words.queueRemoved}</p>;
  if (queued === 0 || turnId === null) return null;
  return (
    <p className="room-standing">
      <Icon name="clock" size={14} />
      <span data-testid="room-queued">{words.queued(queued)}</span>
      {stoppable && (
        <button
          type="button"
          className="link"
          onClick={() => {
            actions.stop(turnId);
          }}
        >
          {words.removeQueued}
        </button>
      )}
    </p>
  );
}

import { useRef, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from "react";
import type { Reaction } from "../../core/roomState";
import { Icon } from "../Icon";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";

interface ActionsProps {
  readonly name: string;
  readonly messageId: string;
  readonly reactions: readonly Reaction[] | undefined;
  readonly me: string;
  /** Begin to edit; null where the message is not one's own. */
  readonly onEdit: ((editing: true) => void) | null;
  readonly removable: boolean;
}

/** What can be done with a message: seen when it is pointed at or has the focus, or opened where nothing can point. */
export function MessageActions(props: ActionsProps) {
  const { name } = props;
  const [open, setOpen] = useState(false);
  return (
    <div
      className="message-actions"
      role="group"
      aria-label={words.actions(name)}
      data-open={open}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        className="icon-button more-actions"
        data-testid="more-actions"
        aria-label={words.more(name)}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <Icon name="more" size={16} />
      </button>
      <div className="actions">
        <Deeds {...props} />
      </div>
    </div>
  );
}

function Deeds(props: ActionsProps) {
  const { name, messageId, onEdit, removable } = props;
  const actions = useRoomActions();
  return (
    <>
      <ReactButton {...props} />
      <button
        type="button"
        className="icon-button"
        data-testid="reply"
        aria-label={words.replyLabel(name)}
        title={words.reply}
        onClick={() => {
          actions.reply(messageId);
        }}
      >
        <Icon name="reply" size={16} />
      </button>
      {onEdit && (
        <button
          type="button"
          className="icon-button"
          data-testid="edit-message"
          aria-label={words.editLabel}
          title={words.edit}
          onClick={() => {
            onEdit(true);
          }}
        >
          <Icon name="edit" size={16} />
        </button>
      )}
      {removable && <TakeBack messageId={messageId} />}
    </>
  );
}

/** Asks once more: what is taken back is gone for everyone. */
function TakeBack({ messageId }: { messageId: string }) {
  const [sure, setSure] = useState(false);
  const actions = useRoomActions();
  return (
    <button
      type="button"
      className={sure ? "quiet sure" : "icon-button"}
      data-testid="take-back"
      aria-label={sure ? words.takeBackSure : words.takeBack}
      title={words.takeBack}
      onBlur={() => {
        setSure(false);
      }}
      onClick={() => {
        if (sure) actions.takeBack(messageId);
        setSure(!sure);
      }}
    >
      {sure ? words.takeBackSure : <Icon name="trash" size={16} />}
    </button>
  );
}

/** Whether the choice of emoji is open; closing gives the focus back to the button. */
function useChoice() {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    close();
  };
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  return { open, setOpen, button, close, around: { onKeyDown, onBlur } };
}

function ReactButton({ name, messageId, reactions = [], me }: ActionsProps) {
  const { open, setOpen, button, close, around } = useChoice();
  const { react } = useRoomActions();
  const choose = (emoji: string) => {
    const mine = reactions.some((each) => each.emoji === emoji && each.people.some(({ id }) => id === me));
    react(messageId, emoji, !mine);
    close();
  };
  return (
    <div className="react" data-open={open} {...around}>
      <button
        ref={button}
        type="button"
        className="icon-button"
        data-testid="react"
        aria-label={words.reactLabel(name)}
        aria-expanded={open}
        title={words.react}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <Icon name="smile" size={16} />
      </button>
      {open && <Choices choose={choose} />}
    </div>
  );
}

/** A row of emoji; arrow keys go along it. */
function Choices({ choose }: { choose: (emoji: string) => void }) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll("button")];
    const at = all.findIndex((each) => each === document.activeElement);
    all.at((at + step) % all.length)?.focus();
  };
  return (
    <div
      className="emoji-choices"
      role="group"
      aria-label={words.react}
      onKeyDown={onKeyDown}
      onMouseDown={keepFocus}
    >
      {Object.entries(words.emojiNames).map(([emoji, label], index) => (
        <button
          key={emoji}
          ref={index === 0 ? focusNow : null}
          type="button"
          aria-label={label}
          title={label}
          data-emoji={emoji}
          onClick={() => {
            choose(emoji);
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}

/** Some browsers take the focus away from a button that is pressed, which would close the choice before the press counts. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

function focusNow(button: HTMLButtonElement | null): void {
  button?.focus();
}

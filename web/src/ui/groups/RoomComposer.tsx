import {
  useEffect,
  useRef,
  type ChangeEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
} from "react";
import { excessOf } from "../../core/limits";
import { COACH_NAMED, mentionsIn, nameable } from "../../core/roomMentions";
import type { Rooms } from "../../core/rooms";
import { isAstray } from "../../core/roomDraft";
import type { Room } from "../../core/roomState";
import { COMPOSER_ID } from "../focus";
import { Icon } from "../Icon";
import { NAME_LIST_ID, NameList, nameOptionId } from "./NameList";
import { Replying } from "./Replying";
import { useRoomActions } from "./roomActions";
import { TooLong } from "../TooLong";
import { roomStrings as words } from "./roomStrings";
import { useNaming, type NamingState } from "./useNaming";
import { useRoomDraft } from "./useRoomDraft";
import { useRoomVoice } from "./useRoomVoice";
import { WhisperChoice } from "./WhisperChoice";

/** So many people can be named in one message, and one that is replied to. */
const MOST_NAMED = 51;

interface ComposerProps {
  readonly rooms: Rooms;
  readonly room: Room;
  readonly stop: ReactNode;
}

/** The box to write to the group in: to everyone, or to some alone. */
export function RoomComposer(props: ComposerProps) {
  const { room, stop } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, naming, kit, astray, excess, send, onChange, onKeyDown } = useWriting(props, box);
  const { text, to, setTo, replyTo, noReply } = draft;
  useHeight(box, text);
  return (
    <form className="room-composer" onSubmit={send} data-whisper={to.length > 0}>
      <NameList naming={naming} />
      {replyTo !== null && <Replying room={room} messageId={replyTo} cancel={noReply} />}
      <TooLong excess={excess} id="composer-too-long" />
      <WhisperChoice {...{ room, to, setTo, astray }} />
      <div className="composer">
        {kit && <kit.Strip voice={kit.voice} />}
        <textarea
          ref={box}
          id={COMPOSER_ID}
          rows={1}
          dir="auto"
          data-testid="room-composer"
          aria-label={words.composer(room.conversation.title || words.untitled)}
          aria-describedby={excess ? "composer-too-long" : "composer-hint"}
          aria-invalid={excess !== null}
          placeholder={to.length > 0 ? words.placeholderWhisper : words.placeholder}
          {...listProps(naming)}
          {...{ onChange, onKeyDown, value: text }}
          onSelect={naming.follow}
          onBlur={naming.close}
        />
        <div className="composer-buttons">
          {kit && <kit.Buttons voice={kit.voice} />}
          {stop}
          <SendButton disabled={astray || excess !== null || text.trim() === ""} />
        </div>
      </div>
    </form>
  );
}

/** What ties the box to the list of names. */
function listProps({ choices, chosen }: NamingState) {
  const fixed = { "aria-autocomplete": "list", "aria-haspopup": "listbox" } as const;
  if (choices.length === 0) return fixed;
  return { ...fixed, "aria-controls": NAME_LIST_ID, "aria-activedescendant": nameOptionId(chosen) };
}

function SendButton({ disabled }: { disabled: boolean }) {
  return (
    <button
      type="submit"
      className="send"
      data-testid="room-send"
      aria-label={words.send}
      title={words.send}
      disabled={disabled}
    >
      <Icon name="send" size={20} />
    </button>
  );
}

function useWriting({ rooms, room }: ComposerProps, box: Box) {
  const draft = useRoomDraft(rooms, room.groupId);
  const { to, replyTo, setText, noReply } = draft;
  const astray = isAstray(room, to);
  const excess = excessOf(draft.text, to.length + MOST_NAMED);
  const toPeople = to.some((id) => id !== COACH_NAMED.id);
  // The coach does not hear what is whispered to people.
  const people = nameable(room).filter(({ id }) => !toPeople || id !== COACH_NAMED.id);
  const naming = useNaming({ box, people, setText });
  const { say } = useRoomActions();
  const askAloud = (text: string) => {
    say({ text: `@${COACH_NAMED.name} ${text}`, mentions: [COACH_NAMED.id], replyTo: null, to });
  };
  // Talking hands-free is talking with the coach, unless it would not hear it.
  const kit = useRoomVoice(rooms.chat, { draft: draft.add, send: toPeople ? draft.add : askAloud });
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    const text = draft.text.trim();
    if (text === "" || astray || excess) return;
    say({ text, mentions: mentionsIn(text, people), replyTo, to });
    draft.sent();
    naming.close();
    document.getElementById(COMPOSER_ID)?.focus();
  };
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    const { value } = event.target;
    kit?.voice.dispatch({ type: "hush" });
    setText(value);
    // That somebody whispers is nobody else's business.
    if (to.length === 0) rooms.chat.signs.types(value.trim() === "");
    naming.follow();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (naming.onKey(event)) return;
    if (event.key === "Escape") noReply();
    // Enter that ends the composition of a character belongs to the input method.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  return { draft, naming, kit, astray, excess, send, onChange, onKeyDown };
}

type Box = RefObject<HTMLTextAreaElement | null>;

/** As high as its text. */
function useHeight(box: Box, draft: string): void {
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${area.scrollHeight}px`);
  }, [box, draft]);
}

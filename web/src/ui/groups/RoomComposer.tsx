import {
  useEffect,
  useRef,
  useState,
  type ChangeEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
} from "react";
import { COACH_NAMED, mentionsIn, nameable } from "../../core/roomMentions";
import type { Rooms } from "../../core/rooms";
import type { Room } from "../../core/roomState";
import type { Participant } from "../../protocol/generated";
import { COMPOSER_ID } from "../focus";
import { Icon } from "../Icon";
import { NAME_LIST_ID, NameList, nameOptionId } from "./NameList";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";
import { useNaming, type NamingState } from "./useNaming";
import { useRoomVoice } from "./useRoomVoice";
import { WhisperChoice } from "./WhisperChoice";

interface ComposerProps {
  readonly rooms: Rooms;
  readonly room: Room;
  readonly reply: string | null;
  /** Who wrote the message that is answered, and what. */
  readonly quote: { readonly author: Participant; readonly text: string } | null;
  readonly setReply: (messageId: string | null) => void;
  readonly stop: ReactNode;
}

/** The box to write to the group in: to everyone, or to some alone. */
export function RoomComposer(props: ComposerProps) {
  const { room, quote, setReply, stop } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, to, setTo, naming, kit, send, onChange, onKeyDown } = useWriting(props, box);
  useHeight(box, draft);
  return (
    <form className="room-composer" onSubmit={send} data-whisper={to.length > 0}>
      <NameList naming={naming} />
      {quote && <Replying quote={quote} cancel={setReply} />}
      <WhisperChoice room={room} to={to} setTo={setTo} />
      <div className="composer">
        {kit && <kit.Strip voice={kit.voice} />}
        <textarea
          ref={box}
          id={COMPOSER_ID}
          rows={1}
          data-testid="room-composer"
          aria-label={words.composer(room.conversation.title || words.untitled)}
          aria-describedby="composer-hint"
          placeholder={to.length > 0 ? words.placeholderWhisper : words.placeholder}
          {...listProps(naming)}
          {...{ onChange, onKeyDown, value: draft }}
          onSelect={naming.follow}
          onBlur={naming.close}
        />
        <div className="composer-buttons">
          {kit && <kit.Buttons voice={kit.voice} />}
          {stop}
          <SendButton empty={draft.trim() === ""} />
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

function SendButton({ empty }: { empty: boolean }) {
  return (
    <button
      type="submit"
      className="send"
      data-testid="room-send"
      aria-label={words.send}
      title={words.send}
      disabled={empty}
    >
      <Icon name="send" size={20} />
    </button>
  );
}

function useWriting({ rooms, room, reply, setReply }: ComposerProps, box: Box) {
  const { draft, setDraft, add, to, setTo } = useDraft(rooms, room, reply);
  const toPeople = to.some((id) => id !== COACH_NAMED.id);
  // The coach does not hear what is whispered to people.
  const people = nameable(room).filter(({ id }) => !toPeople || id !== COACH_NAMED.id);
  const naming = useNaming({ box, people, setText: setDraft });
  const { say } = useRoomActions();
  const askAloud = (text: string) => {
    say({ text: `@${COACH_NAMED.name} ${text}`, mentions: [COACH_NAMED.id], replyTo: null, to });
  };
  // Talking hands-free is talking with the coach, unless it would not hear it.
  const kit = useRoomVoice(rooms.chat, { draft: add, send: toPeople ? add : askAloud });
  const send = (event: SyntheticEvent) => {
    event.preventDefault();
    const text = draft.trim();
    if (text === "") return;
    say({ text, mentions: mentionsIn(text, people), replyTo: reply, to });
    setDraft("");
    setReply(null);
    naming.close();
    document.getElementById(COMPOSER_ID)?.focus();
  };
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    const { value } = event.target;
    kit?.voice.dispatch({ type: "hush" });
    setDraft(value);
    // That somebody whispers is nobody else's business.
    if (to.length === 0) rooms.chat.signs.types(value.trim() === "");
    naming.follow();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (naming.onKey(event)) return;
    if (event.key === "Escape" && reply !== null) setReply(null);
    // Enter that ends the composition of a character belongs to the input method.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
  };
  return { draft, to, setTo, naming, kit, send, onChange, onKeyDown };
}

type Box = RefObject<HTMLTextAreaElement | null>;

interface ReplyingProps {
  readonly quote: { readonly author: Participant; readonly text: string };
  readonly cancel: (reply: null) => void;
}

function Replying({ quote, cancel }: ReplyingProps) {
  return (
    <p className="replying" data-testid="replying">
      <Icon name="reply" size={14} />
      <span>
        <strong>{words.replying(quote.author.name)}</strong> {quote.text}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={words.cancelReply}
        onClick={() => {
          cancel(null);
          document.getElementById(COMPOSER_ID)?.focus();
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </p>
  );
}

/** What is written, kept while the person looks elsewhere; the answer to a whisper is for its people, too. */
function useDraft(rooms: Rooms, room: Room, reply: string | null) {
  const [draft, setText] = useState(rooms.drafts.get(room.groupId) ?? "");
  const [to, setTo] = useState<readonly string[]>([]);
  const [answered, setAnswered] = useState<string | null>(null);
  if (answered !== reply) {
    setAnswered(reply);
    if (reply !== null) setTo(audienceOf(room, reply));
  }
  const setDraft = (text: string) => {
    rooms.drafts.set(room.groupId, text);
    setText(text);
  };
  const add = (text: string) => {
    const begun = (rooms.drafts.get(room.groupId) ?? "").trimEnd();
    setDraft(begun === "" ? text : `${begun} ${text}`);
  };
  return { draft, setDraft, add, to, setTo };
}

/** Who besides the reader sees the message; nobody in particular when all do. */
function audienceOf(room: Room, messageId: string): readonly string[] {
  const message = room.entries.find((entry) => entry.kind === "message" && entry.messageId === messageId);
  const isCoachs = room.privateTo.has(messageId);
  if (isCoachs) return [COACH_NAMED.id];
  if (message?.kind !== "message" || message.audience === null) return [];
  const others = message.audience.filter((id) => id !== room.me);
  return others.length > 0 ? others : [COACH_NAMED.id];
}

/** As high as its text. */
function useHeight(box: Box, draft: string): void {
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${area.scrollHeight}px`);
  }, [box, draft]);
}

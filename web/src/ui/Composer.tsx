import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
  type ChangeEvent,
  type KeyboardEvent,
  type RefObject,
  type SyntheticEvent,
} from "react";
import { NEW_CHAT, type Drafts } from "../core/drafts";
import { excessOf, type Excess } from "../core/limits";
import type { Returned } from "../core/questions";
import type { Signal } from "../core/store";
import { COMPOSER_ID, focusComposer, hasKeyboard } from "./focus";
import { Icon } from "./Icon";
import { strings } from "./strings";
import { TooLong } from "./TooLong";
import { useViewer } from "./viewer";
import { useVoice, type VoiceKit } from "./voice/useVoice";

/** What may be done with a text beside sending it; `queue` and `reject` tell what sending means while a turn runs. */
export interface Running {
  readonly onSend: "queue" | "reject";
  readonly stopping: boolean;
  readonly stop: () => void;
  readonly steer: (text: string) => void;
}

interface ComposerProps {
  /** The session that is shown, null for a new chat: the box is focused anew for each, and shows its draft. */
  readonly sessionId: string | null;
  readonly drafts: Drafts;
  readonly onSend: (text: string) => void;
  /** Null when nothing runs. */
  readonly running: Running | null;
  /** Texts that were not taken: they are put back. */
  readonly returned: Signal<Returned>;
}

export function Composer(props: ComposerProps) {
  const { sessionId, onSend, running } = props;
  const { draft, excess, setDraft, take, kit } = useWords(props);
  const box = useComposerBox({ sessionId, draft, running: running !== null });
  const steer = running && !running.stopping ? running.steer : null;
  const send = (event: SyntheticEvent, steering: boolean) => {
    event.preventDefault();
    if (steer && steering) take(steer);
    else if (running?.onSend !== "reject") take(onSend);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter that ends the composition of a character belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    send(event, event.ctrlKey || event.metaKey);
  };
  const sending = (steering: boolean) => (event: SyntheticEvent) => {
    send(event, steering);
  };
  const onChange = (event: ChangeEvent<HTMLTextAreaElement>) => {
    kit?.voice.dispatch({ type: "hush" });
    setDraft(event.target.value);
  };
  const nothing = draft.trim() === "" || excess !== null;
  return (
    <>
      <TooLong excess={excess} id="composer-too-long" />
      <form className="composer" onSubmit={sending(false)}>
        {kit && <kit.Strip voice={kit.voice} />}
        <textarea ref={box} {...boxProps(excess)} {...{ onChange, onKeyDown, value: draft }} />
        <ComposerButtons nothing={nothing} onSteer={steer && sending(true)} {...{ running, kit }} />
      </form>
    </>
  );
}

function boxProps(excess: Excess | null) {
  return {
    id: COMPOSER_ID,
    rows: 1,
    dir: "auto",
    "data-testid": "composer",
    "aria-label": strings.composer,
    "aria-describedby": excess ? "composer-too-long" : "composer-hint",
    "aria-invalid": excess !== null,
    placeholder: strings.placeholder,
  };
}

interface Draft {
  readonly draft: string;
  /** It is too long to be sent. */
  readonly excess: Excess | null;
  readonly setDraft: (text: string) => void;
  /** Put a text behind what is written. */
  readonly add: (text: string) => void;
  /** Hand the text over and begin a new one; nothing happens when there is none that can be sent. */
  readonly take: (send: (text: string) => void) => void;
}

type DraftProps = Pick<ComposerProps, "sessionId" | "drafts" | "returned">;

function useDraft({ sessionId, drafts, returned }: DraftProps): Draft {
  const id = sessionId ?? NEW_CHAT;
  const draft = useSyncExternalStore(drafts.changes.subscribe, () => drafts.get(id) ?? "");
  useEffect(() => returned.on(focusComposer), [returned]);
  const setDraft = (text: string) => {
    drafts.set(id, text);
  };
  const add = useCallback(
    (text: string) => {
      const begun = drafts.get(id) ?? "";
      drafts.set(id, begun.trim() === "" ? text : `${begun.trimEnd()} ${text}`);
    },
    [drafts, id],
  );
  const excess = excessOf(draft);
  const take = (send: (text: string) => void) => {
    const text = draft.trim();
    if (text === "" || excess) return;
    drafts.delete(id);
    send(text);
    document.getElementById(COMPOSER_ID)?.focus();
  };
  return { draft, excess, setDraft, add, take };
}

type WordsProps = DraftProps & Pick<ComposerProps, "onSend" | "running">;

/** What is said goes where what is written goes: into the box, or up as Enter would send it. */
function useWords({ onSend, running, ...rest }: WordsProps): Draft & { readonly kit: VoiceKit | null } {
  const { client } = useViewer();
  const words = useDraft(rest);
  const { add } = words;
  const rejects = running?.onSend === "reject";
  const outlet = useMemo(() => ({ draft: add, send: rejects ? add : onSend }), [add, onSend, rejects]);
  return { ...words, kit: useVoice(outlet, client.chat.view) };
}

interface BoxProps {
  readonly sessionId: string | null;
  readonly draft: string;
  readonly running: boolean;
}

/** Focused whenever another session is shown, and as high as its text. */
function useComposerBox({ sessionId, draft, running }: BoxProps): RefObject<HTMLTextAreaElement | null> {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (hasKeyboard()) box.current?.focus();
  }, [sessionId]);
  useEffect(() => {
    // Buttons come and go with a running answer; who pressed one by keyboard must not be left nowhere.
    if (document.activeElement === document.body && hasKeyboard()) box.current?.focus();
  }, [running]);
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [draft]);
  return box;
}

interface ButtonsProps {
  /** There is nothing that could be sent. */
  readonly nothing: boolean;
  readonly running: Running | null;
  readonly onSteer: ((event: SyntheticEvent) => void) | null;
  readonly kit: VoiceKit | null;
}

function ComposerButtons({ nothing, running, onSteer, kit }: ButtonsProps) {
  const label = sendLabel(running);
  const mayNot = nothing || running?.onSend === "reject";
  return (
    <div className="composer-buttons">
      {running && <StopButton running={running} />}
      {onSteer && (
        <button
          type="button"
          className="steer"
          data-testid="steer"
          aria-label={strings.steerLabel}
          title={strings.steerLabel}
          disabled={nothing}
          onClick={onSteer}
        >
          <Icon name="steer" size={16} />
          <span>{strings.steer}</span>
        </button>
      )}
      {kit && <kit.Buttons voice={kit.voice} />}
      <button
        type="submit"
        className="send"
        data-testid="send"
        aria-label={label}
        title={label}
        disabled={mayNot}
      >
        <Icon name="send" size={20} />
      </button>
    </div>
  );
}

function StopButton({ running: { stop, stopping } }: { running: Running }) {
  return (
    <button type="button" className="stop" data-testid="stop" disabled={stopping} onClick={stop}>
      <Icon name="stop" size={16} />
      <span>{stopping ? strings.stopping : strings.stop}</span>
    </button>
  );
}

function sendLabel(running: Running | null): string {
  if (!running) return strings.send;
  return running.onSend === "queue" ? strings.sendQueued : strings.sendRejected;
}

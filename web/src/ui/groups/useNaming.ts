import { useState, type KeyboardEvent, type RefObject } from "react";
import { named, namingAt, offered, type Named } from "../../core/roomMentions";

export interface NamingState {
  /** Who may be meant, in the order offered; empty while nobody is being named. */
  readonly choices: readonly Named[];
  /** Somebody is being named, whether anyone fits or not. */
  readonly active: boolean;
  readonly chosen: number;
  /** The text or the caret has changed. */
  readonly follow: () => void;
  readonly take: (person: Named) => void;
  /** True when the key was for the list. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly close: () => void;
}

interface NamingProps {
  readonly box: RefObject<HTMLTextAreaElement | null>;
  readonly people: readonly Named[];
  readonly setText: (text: string) => void;
}

/** Completion of names behind an `@`, by arrow keys and Enter, Tab, or a click. */
export function useNaming({ box, people, setText }: NamingProps): NamingState {
  const [query, setQuery] = useState<string | null>(null);
  const [chosen, setChosen] = useState(0);
  const choices = query === null ? [] : offered(people, query);
  const close = () => {
    setQuery(null);
  };
  const follow = () => {
    const area = box.current;
    const naming = area && namingAt(area.value, area.selectionStart);
    const next = naming?.query ?? null;
    if (next !== query) setChosen(0);
    setQuery(next);
  };
  const take = (person: Named) => {
    const area = box.current;
    const naming = area && namingAt(area.value, area.selectionStart);
    if (!area || !naming) return;
    const { text, caret } = named(area.value, naming, person);
    setText(text);
    close();
    area.focus();
    // The caret can be put there only when the text is.
    requestAnimationFrame(() => {
      area.setSelectionRange(caret, caret);
    });
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (choices.length === 0 || event.nativeEvent.isComposing) return false;
    const person = choices[chosen];
    const step = STEPS[event.key];
    if (step !== undefined) setChosen((chosen + step + choices.length) % choices.length);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && person) take(person);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { choices, active: query !== null, chosen, follow, take, onKey, close };
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

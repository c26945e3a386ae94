import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useState, type ReactNode, type RefObject } from "react";
import type { Conversation, Turn } from "../core/state";
import {
  firstMessageOf,
  guessedHeight,
  holds,
  isKept,
  keyOf,
  keysOf,
  WHOLE,
  windowOf,
} from "./exchangeWindow";
import { qualityStrings } from "./qualityStrings";
import { spot } from "./route";
import { useStore } from "./useStore";
import { Gap, partsOf, type GapWords } from "./windowParts";

/** Beyond every end. Pixels. */
const FAR = 1e9;

const WORDS: GapWords = {
  before: (count) => qualityStrings.showBefore(count),
  after: (count) => qualityStrings.showAfter(count),
};

interface ExchangesProps {
  readonly conversation: Conversation;
  readonly turns: readonly Turn[];
  readonly scroller: RefObject<HTMLElement | null>;
  /** The reader is at the end and is kept there. */
  readonly following: boolean;
  readonly children: (turn: Turn, index: number) => ReactNode;
}

/** Questions with what came of them. Of many, only those near what is seen are on the page; gaps stand for the others. */
export function Exchanges({ conversation, turns, scroller, following, children }: ExchangesProps) {
  const { measure, items, total } = useWindow(turns, scroller, following);
  if (turns.length <= WHOLE)
    return turns.map((turn, index) => (
      <div key={keyOf(turn)} className="exchange" data-index={index} ref={measure}>
        {children(turn, index)}
      </div>
    ));
  const goTo = (index: number) => {
    const messageId = turns[index] ? firstMessageOf(turns[index]) : null;
    if (messageId !== null) spot.set({ sessionId: conversation.sessionId, messageId });
  };
  return (
    <>
      {partsOf(items, turns, keyOf).map((part) =>
        part.item ? (
          <div key={part.key} className="exchange" {...placeOf(part.to, turns.length)} ref={measure}>
            {children(part.item, part.to)}
          </div>
        ) : (
          <Gap key={part.key} part={part} words={WORDS} goTo={goTo} />
        ),
      )}
      <div className="gap" style={{ height: total - (items.at(-1)?.end ?? 0) }} />
    </>
  );
}

/** Where an exchange stands, for the window and for those who cannot see how many there are. */
function placeOf(index: number, of: number) {
  return { "data-index": index, role: "group", "aria-label": qualityStrings.exchange(index + 1, of) };
}

function useWindow(turns: readonly Turn[], scroller: RefObject<HTMLElement | null>, following: boolean) {
  const keyAt = useKeys(turns);
  const wanted = useStore(spot)?.messageId ?? null;
  // eslint-disable-next-line react-hooks/incompatible-library -- what it returns is used in this hook only
  const virtualizer: Virtualizer<HTMLElement, HTMLDivElement> = useVirtualizer({
    count: turns.length,
    enabled: turns.length > WHOLE,
    overscan: 3,
    // A conversation is opened at its end; who reads further up when it gets long stays there.
    initialOffset: () => (following ? FAR : (scroller.current?.scrollTop ?? FAR)),
    getScrollElement: () => scroller.current,
    getItemKey: keyAt,
    estimateSize: (index) => (turns[index] ? guessedHeight(turns[index]) : 0),
    rangeExtractor: (range) => windowOf(range, keptOf()),
  });
  // Who keeps the end in view, or the browser what is seen, does so whatever sizes turn out to be: two who correct one
  // position make it jump.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = following || isAnchored() ? never : undefined;
  const keptOf = (): readonly number[] =>
    turns.flatMap((turn, index) => {
      const element = virtualizer.elementsCache.get(keyOf(turn));
      return isKept(turn, element) || (wanted !== null && holds(turn, wanted)) ? [index] : [];
    });
  const total = virtualizer.getTotalSize();
  const items = virtualizer.getVirtualItems();
  // Before anything is measured what is gone to must be on the page already, and the end.
  const first = [...new Set([...keptOf(), turns.length - 1])];
  const guessed = first.flatMap((index) => virtualizer.measurementsCache[index] ?? []);
  return { measure: virtualizer.measureElement, items: items.length > 0 ? items : guessed, total };
}

/** What names the exchange at an index; the same function as long as the exchanges are the same. */
function useKeys(turns: readonly Turn[]): (index: number) => string | number {
  const [known, setKnown] = useState<readonly string[]>([]);
  const keys = keysOf(turns, known);
  if (keys !== known) setKnown(keys);
  return useCallback((index) => keys[index] ?? index, [keys]);
}

const never = () => false;

/** Whether the browser itself keeps what is seen in its place. Safari has learnt it lately. */
function isAnchored(): boolean {
  return "CSS" in window && CSS.supports("overflow-anchor", "auto");
}

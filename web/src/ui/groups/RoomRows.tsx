import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, type ReactNode, type RefObject } from "react";
import { isInUse, windowOf } from "../exchangeWindow";
import { qualityStrings } from "../qualityStrings";
import { spot } from "../route";
import { useStore } from "../useStore";
import { Gap, partsOf, type GapWords } from "../windowParts";
import type { Row } from "./rows";
import { guessedRow, isRowKept, messagesOf, nearestMessage, WHOLE_ROOM, type TurnsById } from "./rowWindow";

const WORDS: GapWords = {
  before: (count) => qualityStrings.showMessagesBefore(count),
  after: (count) => qualityStrings.showMessagesAfter(count),
};

interface RoomRowsProps {
  readonly groupId: string;
  readonly rows: readonly Row[];
  readonly turns: TurnsById;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly children: (row: Row) => ReactNode;
}

/** What stands in a room. Of many rows only those near what is seen are on the page; gaps stand for the others. */
export function RoomRows({ groupId, rows, turns, scroller, children }: RoomRowsProps) {
  const { measure, items, total } = useWindow(rows, turns, scroller);
  if (rows.length <= WHOLE_ROOM)
    return rows.map((row, index) => (
      <div key={row.key} className="room-row" data-index={index} ref={measure}>
        {children(row)}
      </div>
    ));
  const goTo = (index: number, by: 1 | -1) => {
    const messageId = nearestMessage(rows, index, by, turns);
    if (messageId !== null) spot.set({ sessionId: groupId, messageId });
  };
  return (
    <>
      {partsOf(items, rows, ({ key }) => key).map((part) =>
        part.item ? (
          <div key={part.key} className="room-row" data-index={part.to} ref={measure}>
            {children(part.item)}
          </div>
        ) : (
          <Gap key={part.key} part={part} words={WORDS} goTo={goTo} />
        ),
      )}
      <div className="gap" style={{ height: total - (items.at(-1)?.end ?? 0) }} />
    </>
  );
}

function useWindow(rows: readonly Row[], turns: TurnsById, scroller: RefObject<HTMLElement | null>) {
  const wanted = useStore(spot)?.messageId ?? null;
  const fixed = useMemo(() => fixedOf(rows, turns, wanted), [rows, turns, wanted]);
  // The same function as long as the rows are the same: with another one all sizes are added up anew.
  const keyAt = useCallback((index: number) => rows[index]?.key ?? index, [rows]);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it returns is used in this hook only
  const virtualizer: Virtualizer<HTMLElement, HTMLDivElement> = useVirtualizer({
    count: rows.length,
    enabled: rows.length > WHOLE_ROOM,
    overscan: 8,
    getScrollElement: () => scroller.current,
    getItemKey: keyAt,
    estimateSize: (index) => (rows[index] ? guessedRow(rows[index], turns) : 0),
    rangeExtractor: (range) => windowOf(range, [...fixed, ...inUse(virtualizer)]),
  });
  const total = virtualizer.getTotalSize();
  const items = virtualizer.getVirtualItems();
  // Before anything is measured what is gone to must be on the page already, and the end.
  const first = [...new Set([...fixed, ...inUse(virtualizer), rows.length - 1])].sort((a, b) => a - b);
  const guessed = first.flatMap((index) => virtualizer.measurementsCache[index] ?? []);
  return { measure: virtualizer.measureElement, items: items.length > 0 ? items : guessed, total };
}

/** The rows that are on the page wherever it is scrolled to. */
function fixedOf(rows: readonly Row[], turns: TurnsById, wanted: string | null): readonly number[] {
  return rows.flatMap((row, index) => {
    const gone = wanted !== null && messagesOf(row, turns).includes(wanted);
    return gone || isRowKept(row, turns) ? [index] : [];
  });
}

/** The rows in which something is open, or a person is. */
function inUse({ elementsCache }: Virtualizer<HTMLElement, HTMLDivElement>): readonly number[] {
  return [...elementsCache.values()].filter(isInUse).map((element) => Number(element.dataset.index));
}

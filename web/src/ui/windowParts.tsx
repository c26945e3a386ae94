import type { VirtualItem } from "@tanstack/react-virtual";

/** Of a list that is only in part on the page: an item that is, or a gap where others would be. */
export interface Part<Item> {
  readonly key: string;
  /** Null for a gap. */
  readonly item: Item | null;
  /** What a gap stands for: items from this index up to, not including, `to`; an item stands at `to`. */
  readonly from: number;
  readonly to: number;
  /** Pixels of a gap. */
  readonly height: number;
}

/** Items and the gaps between them. A gap is named by its place among the gaps: its button may have the focus. */
export function partsOf<Item>(
  onPage: readonly VirtualItem[],
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Part<Item>[] {
  const parts: Part<Item>[] = [];
  let [next, end, gaps] = [0, 0, 0];
  for (const { index, start, end: bottom } of onPage) {
    const item = items[index];
    if (!item) continue;
    if (index > next) {
      gaps += 1;
      parts.push({ key: `gap ${gaps}`, item: null, from: next, to: index, height: start - end });
    }
    parts.push({ key: keyOf(item), item, from: index, to: index, height: 0 });
    [next, end] = [index + 1, bottom];
  }
  return parts;
}

/** What the buttons of a gap say, with so many items in it. */
export interface GapWords {
  readonly before: (count: number) => string;
  readonly after: (count: number) => string;
}

interface GapProps {
  readonly part: Part<unknown>;
  readonly words: GapWords;
  /** Goes to the item at the index; where that cannot be gone to, to one further on (1) or further back (-1). */
  readonly goTo: (index: number, by: 1 | -1) => void;
}

/** Room for what is not on the page, and for those who do not scroll the ways into it. */
export function Gap({ part: { from, to, height }, words, goTo }: GapProps) {
  return (
    <div className="gap" style={{ height }}>
      {from > 0 && (
        <button
          type="button"
          className="secondary"
          onClick={() => {
            goTo(from, 1);
          }}
        >
          {words.after(to - from)}
        </button>
      )}
      <button
        type="button"
        className="secondary"
        onClick={() => {
          goTo(to - 1, -1);
        }}
      >
        {words.before(to - from)}
      </button>
    </div>
  );
}

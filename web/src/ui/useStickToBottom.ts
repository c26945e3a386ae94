import { useCallback, useEffect, useRef, useState, type RefObject } from "react";

/** Distance from the end, in pixels, at which the reader counts as being there. */
const NEAR = 32;

interface StickToBottom {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** The reader follows the end; false once they scrolled up. */
  readonly following: boolean;
  readonly toBottom: () => void;
  /** Stay where the reader was taken, unless that is at the end. */
  readonly leave: () => void;
}

/**
 * Keeps the end in view while it grows, until the reader scrolls up; takes up again when they return. What has no end
 * worth following, `sticks` being false, begins at its top.
 */
export function useStickToBottom(sticks: boolean): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const sticking = useRef(sticks);
  const [following, setFollowing] = useState(true);

  const follow = useCallback((value: boolean) => {
    stuck.current = value;
    setFollowing(value);
  }, []);

  const toBottom = useCallback(() => {
    follow(true);
    const box = scroller.current;
    if (box) box.scrollTop = sticking.current ? box.scrollHeight : 0;
  }, [follow]);

  const leave = useCallback(() => {
    const box = scroller.current;
    follow(box === null || distanceOf(box) < NEAR);
  }, [follow]);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    sticking.current = sticks;
    if (sticks) return box && inner ? watch(box, inner, stuck, follow) : undefined;
    stuck.current = true;
    if (box) box.scrollTop = 0;
  }, [follow, sticks]);

  return { scroller, content, following, toBottom, leave };
}

/** How far the end is below what is seen, in pixels. */
function distanceOf(box: HTMLElement): number {
  return box.scrollHeight - box.clientHeight - box.scrollTop;
}

function watch(
  box: HTMLElement,
  inner: HTMLElement,
  stuck: RefObject<boolean>,
  follow: (value: boolean) => void,
): () => void {
  let top = box.scrollTop;
  let height = box.scrollHeight;
  const onScroll = () => {
    const distance = distanceOf(box);
    // Content that shrinks moves the position up as well; only without it was it the reader.
    const up = box.scrollTop < top && box.scrollHeight === height;
    top = box.scrollTop;
    height = box.scrollHeight;
    if (up && distance > 2) follow(false);
    else if (distance < NEAR && !up) follow(true);
  };
  const observer = new ResizeObserver(() => {
    // Who writes between the messages keeps their place.
    const writing =
      document.activeElement instanceof HTMLTextAreaElement && inner.contains(document.activeElement);
    if (stuck.current && !writing) box.scrollTop = box.scrollHeight;
    top = box.scrollTop;
    height = box.scrollHeight;
  });
  box.addEventListener("scroll", onScroll, { passive: true });
  observer.observe(inner);
  observer.observe(box);
  return () => {
    box.removeEventListener("scroll", onScroll);
    observer.disconnect();
  };
}

import { useRef } from "react";

/**
 * A deed that is not begun again while it is under way: a double click does it once. Other deeds are not held up by
 * it, and a control that were disabled meanwhile would lose the focus.
 */
export function useOnce<Given extends unknown[]>(deed: (...given: Given) => Promise<void>) {
  const under = useRef(false);
  return (...given: Given): void => {
    if (under.current) return;
    under.current = true;
    void deed(...given).finally(() => {
      under.current = false;
    });
  };
}

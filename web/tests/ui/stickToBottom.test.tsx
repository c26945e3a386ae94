import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useStickToBottom } from "../../src/ui/useStickToBottom";

const HEIGHT = 2_000;

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(private readonly resized: () => void) {}
      observe = (): void => {
        this.resized();
      };
      disconnect = vi.fn();
    },
  );
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockReturnValue(HEIGHT);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function Place({ empty }: { empty: boolean }) {
  const { scroller, content } = useStickToBottom(!empty);
  return (
    <div ref={scroller} data-testid="scroller">
      <div ref={content} />
    </div>
  );
}

it("begins at the top where there is nothing whose end could be followed, and follows it from then on", () => {
  const { getByTestId, rerender } = render(<Place empty />);
  const box = getByTestId("scroller");
  expect(box.scrollTop).toBe(0);
  rerender(<Place empty={false} />);
  expect(box.scrollTop).toBe(HEIGHT);
  rerender(<Place empty />);
  expect(box.scrollTop).toBe(0);
});

import { useEffect, useMemo, useRef, type MouseEvent, type PointerEvent } from "react";
import type { Voice } from "../../voice/voice";

/** Held longer than this, letting go ends it; pressed shorter, it goes on until the next press. */
const HOLD_MS = 400;

interface Press {
  readonly down: () => void;
  readonly up: () => void;
}

/** Push-to-talk by pointer, by the button's own keys, and by Alt + M from anywhere on the page. */
export function usePushToTalk(voice: Voice) {
  const began = useRef<number | null>(null);
  const press = useMemo<Press>(
    () => ({
      down: () => {
        began.current = toggle(voice) ? performance.now() : null;
      },
      up: () => {
        const held = began.current !== null && performance.now() - began.current > HOLD_MS;
        began.current = null;
        if (held) voice.dispatch({ type: "release" });
      },
    }),
    [voice],
  );
  useShortcut(voice, press);
  return {
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      press.down();
    },
    onPointerUp: press.up,
    onPointerCancel: press.up,
    // Clicks of a pointer were handled when it went down; those of keys and assistive technology have no count.
    onClick: (event: MouseEvent) => {
      if (event.detail === 0) toggle(voice);
    },
  };
}

/** @returns whether it began to listen. */
function toggle(voice: Voice): boolean {
  const { ear, handsFree } = voice.state.get();
  const ends = ear === "on" && !handsFree;
  voice.dispatch({ type: ends ? "release" : "talk" });
  return !ends && !handsFree;
}

function useShortcut(voice: Voice, { down, up }: Press): void {
  useEffect(() => {
    let held = false;
    const onKeyDown = (event: KeyboardEvent) => {
      if (isEscape(event)) quiet(voice);
      if (!isTalkKey(event) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (event.repeat) return;
      held = true;
      down();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (!held || (event.code !== "KeyM" && event.key !== "Alt")) return;
      held = false;
      up();
    };
    window.addEventListener("keydown", onKeyDown);
    window.addEventListener("keyup", onKeyUp);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      window.removeEventListener("keyup", onKeyUp);
    };
  }, [voice, down, up]);
}

/** By the place of the key: with Alt, some keyboards write another character. */
function isTalkKey({ altKey, ctrlKey, metaKey, shiftKey, code }: KeyboardEvent): boolean {
  return altKey && !ctrlKey && !metaKey && !shiftKey && code === "KeyM";
}

/** Escape that is not for a dialog or a menu. */
function isEscape(event: KeyboardEvent): boolean {
  return event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]");
}

function quiet(voice: Voice): void {
  voice.dispatch({ type: "hush" });
  voice.dispatch({ type: "release" });
}

import { useEffect, useState, type ComponentType } from "react";
import { hasVoice } from "../../voice/platform";
import type { Store } from "../../core/store";
import type { Outlet, Shown, Voice } from "../../voice/voice";

/** The voice and its controls, which come in a file of their own. */
export interface VoiceKit {
  readonly voice: Voice;
  /** What is heard and said, above the box. */
  readonly Strip: ComponentType<{ voice: Voice }>;
  /** Beside the button that sends. */
  readonly Buttons: ComponentType<{ voice: Voice }>;
}

/**
 * The voice, once it is loaded; null before, and where the browser has none. What is said goes to the outlet, and
 * read aloud are the answers in what is shown.
 */
export function useVoice(outlet: Outlet, shown: Store<Shown>): VoiceKit | null {
  const [kit, setKit] = useState<VoiceKit | null>(null);
  useEffect(() => {
    if (!hasVoice(window)) return undefined;
    let made: VoiceKit | null = null;
    let gone = false;
    const load = async () => {
      const { makeKit } = await import("./kit");
      if (gone) return;
      made = makeKit(shown);
      setKit(made);
    };
    const cancel = whenIdle(() => {
      load().catch((error: unknown) => {
        console.warn("The voice could not be loaded.", error);
      });
    });
    return () => {
      gone = true;
      cancel();
      made?.voice.close();
      setKit(null);
    };
  }, [shown]);
  useEffect(() => {
    kit?.voice.use(outlet);
  }, [kit, outlet]);
  return kit;
}

/** After the first paint and what it takes; Safari does not tell when it is idle. */
function whenIdle(act: () => void): () => void {
  if (!("requestIdleCallback" in window)) {
    const timer = setTimeout(act, 200);
    return () => {
      clearTimeout(timer);
    };
  }
  const handle = requestIdleCallback(act, { timeout: 2_000 });
  return () => {
    cancelIdleCallback(handle);
  };
}

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Problem } from "../core/codes";
import type { Signal } from "../core/store";
import type { BudgetWarning, Notice } from "../protocol/generated";
import { Icon } from "./Icon";
import { serverWords } from "./languages/serverWords";
import { problemText, strings } from "./strings";

interface Toast {
  readonly id: number;
  readonly text: string;
  /** It says that something was done, not that something is wrong. */
  readonly good: boolean;
}

const LIFE_MS = 9_000;
const MAX_SHOWN = 3;

interface ToastsProps {
  readonly problems: Signal<Problem>;
  readonly warnings: Signal<BudgetWarning | Notice>;
  readonly said: Signal<string>;
}

/** What no message on the page stands for; each goes by itself or when dismissed. */
export function Toasts({ problems, warnings, said }: ToastsProps) {
  const { toasts, add, dismiss } = useToasts();
  useHeard(problems, (problem) => {
    add(problemText(problem));
  });
  useHeard(warnings, (warning) => {
    add(warning.type === "notice" ? warning.message : serverWords.warning(warning));
  });
  useHeard(said, (words) => {
    add(words, true);
  });
  return (
    <section className="toasts" aria-label={strings.notifications} role="alert">
      {toasts.map((toast) => (
        <div className="toast" key={toast.id} data-good={toast.good}>
          <Icon name={toast.good ? "check" : "alert"} size={18} />
          <p>{toast.text}</p>
          <button
            type="button"
            className="icon-button"
            aria-label={strings.dismiss}
            onClick={() => {
              dismiss(toast.id);
            }}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </section>
  );
}

function useHeard<T>(signal: Signal<T>, hear: (value: T) => void): void {
  const heard = useEffectEvent(hear);
  useEffect(() => signal.on(heard), [signal]);
}

function useToasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const dismiss = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  const add = useCallback(
    (text: string, good = false) => {
      const toast = { id: ++lastId.current, text, good };
      setToasts((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-MAX_SHOWN));
      setTimeout(() => {
        dismiss(toast.id);
      }, LIFE_MS);
    },
    [dismiss],
  );
  return { toasts, add, dismiss };
}

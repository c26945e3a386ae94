import { useCallback, useEffect, useRef, useState } from "react";
import type { Problem } from "../core/codes";
import type { Signal } from "../core/store";
import type { BudgetWarning, Notice } from "../protocol/generated";
import { Icon } from "./Icon";
import { serverWords } from "./languages/serverWords";
import { problemText, strings } from "./strings";

interface Toast {
  readonly id: number;
  readonly text: string;
}

const LIFE_MS = 9_000;
const MAX_SHOWN = 3;

interface ToastsProps {
  readonly problems: Signal<Problem>;
  readonly warnings: Signal<BudgetWarning | Notice>;
}

/** What no message on the page stands for; each goes by itself or when dismissed. */
export function Toasts({ problems, warnings }: ToastsProps) {
  const { toasts, add, dismiss } = useToasts();
  useEffect(
    () =>
      problems.on((problem) => {
        add(problemText(problem));
      }),
    [problems, add],
  );
  useEffect(
    () =>
      warnings.on((said) => {
        add(said.type === "notice" ? said.message : serverWords.warning(said));
      }),
    [warnings, add],
  );
  return (
    <section className="toasts" aria-label={strings.notifications} role="alert">
      {toasts.map((toast) => (
        <div className="toast" key={toast.id}>
          <Icon name="alert" size={18} />
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

function useToasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const dismiss = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  const add = useCallback(
    (text: string) => {
      const toast = { id: ++lastId.current, text };
      setToasts((shown) => [...shown.filter((other) => other.text !== text), toast].slice(-MAX_SHOWN));
      setTimeout(() => {
        dismiss(toast.id);
      }, LIFE_MS);
    },
    [dismiss],
  );
  return { toasts, add, dismiss };
}

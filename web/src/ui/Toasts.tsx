import { useCallback, useEffect, useState } from "react";
import type { Problem } from "../core/codes";
import type { Signal } from "../core/store";
import { Icon } from "./Icon";
import { problemText, strings } from "./strings";

interface Toast {
  readonly id: number;
  readonly text: string;
}

const LIFE_MS = 9_000;
const MAX_SHOWN = 3;

/** Problems that no message on the page stands for; each goes by itself or when dismissed. */
export function Toasts({ problems }: { problems: Signal<Problem> }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const dismiss = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  useEffect(() => {
    let id = 0;
    return problems.on((problem) => {
      const toast = { id: ++id, text: problemText(problem) };
      setToasts((shown) => [...shown.filter((other) => other.text !== toast.text), toast].slice(-MAX_SHOWN));
      setTimeout(() => {
        dismiss(toast.id);
      }, LIFE_MS);
    });
  }, [problems, dismiss]);
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

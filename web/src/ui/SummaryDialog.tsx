import { useEffect, useRef, type ComponentProps, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { LazyPart } from "./LazyPart";
import { Icon } from "./Icon";
import { strings } from "./strings";
import type SummaryPanel from "./SummaryPanel";
import { summaryStrings as words } from "./summaryStrings";

export const loadSummary = () => import("./SummaryPanel");

type DialogProps = Omit<ComponentProps<typeof SummaryPanel>, "opened"> & { readonly onClose: () => void };

/** A summary over the page, opened from a menu; it is open as long as it is there. */
export function SummaryDialog({ onClose, ...props }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const close = () => {
    dialog.current?.close();
  };
  return createPortal(
    <dialog
      ref={dialog}
      className="panel"
      data-testid="summary-dialog"
      aria-label={words.summarise}
      onClose={onClose}
      onKeyDown={keepEscape}
    >
      <header>
        <h2>{words.summarise}</h2>
        <button type="button" className="icon-button" aria-label={strings.close} onClick={close}>
          <Icon name="close" size={18} />
        </button>
      </header>
      <LazyPart load={loadSummary} props={{ ...props, opened: 1 }} />
    </dialog>,
    document.body,
  );
}

/** Escape closes the dialog alone, not what it was opened from. */
function keepEscape(event: KeyboardEvent): void {
  if (event.key === "Escape") event.stopPropagation();
}

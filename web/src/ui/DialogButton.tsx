import { useRef, type KeyboardEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { Icon, type IconName } from "./Icon";
import { strings } from "./strings";

interface DialogButtonProps {
  /** Null: its label is what is shown. */
  readonly icon: IconName | null;
  readonly label: string;
  readonly testId: string;
  readonly onOpen: () => void;
  readonly children: ReactNode;
}

/** A button that opens a dialog over the page. The browser keeps focus inside, and gives it back to the button. */
export function DialogButton({ icon, label, testId, onOpen, children }: DialogButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className={icon ? "icon-button" : "link"}
        data-testid={testId}
        aria-label={label}
        aria-haspopup="dialog"
        title={icon ? label : undefined}
        onClick={() => {
          dialog.current?.showModal();
          onOpen();
        }}
      >
        {icon ? <Icon name={icon} /> : label}
      </button>
      {/* Not among what it was opened from: that may be inert or look different. */}
      {createPortal(
        <dialog ref={dialog} className="panel" aria-label={label} onKeyDown={keepEscape}>
          <DialogHead
            label={label}
            close={() => {
              dialog.current?.close();
            }}
          />
          {children}
        </dialog>,
        document.body,
      )}
    </>
  );
}

function DialogHead({ label, close }: { label: string; close: () => void }) {
  return (
    <header>
      <h2>{label}</h2>
      <button type="button" className="icon-button" aria-label={strings.close} onClick={close}>
        <Icon name="close" size={18} />
      </button>
    </header>
  );
}

/** Escape closes the dialog alone, not the drawer it was opened from. */
function keepEscape(event: KeyboardEvent): void {
  if (event.key === "Escape") event.stopPropagation();
}

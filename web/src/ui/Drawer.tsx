import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import { Icon } from "./Icon";
import { strings } from "./strings";

/** The width below which the sidebar lies over the page; the same as in shell.css. */
const NARROW = "(max-width: 820px)";

interface DrawerProps {
  readonly open: boolean;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** Beside the page where there is room; over it, and only when opened, where there is none. */
export function Drawer({ open, close, children }: DrawerProps) {
  const narrow = useNarrow();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (narrow && open) panel.current?.querySelector<HTMLElement>("a, button")?.focus();
  }, [narrow, open]);
  return (
    <>
      <aside className="sidebar" ref={panel} inert={narrow && !open} aria-label={strings.conversations}>
        {children}
      </aside>
      {narrow && open && (
        <button type="button" className="backdrop" aria-label={strings.closeMenu} onClick={close}>
          <Icon name="close" size={22} />
        </button>
      )}
    </>
  );
}

function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(NARROW);
      query.addEventListener("change", listener);
      return () => {
        query.removeEventListener("change", listener);
      };
    },
    () => window.matchMedia(NARROW).matches,
  );
}

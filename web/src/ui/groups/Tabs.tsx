import { useId, useState, type KeyboardEvent, type ReactNode } from "react";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly [Tab, ...Tab[]];
  /** Called whenever a part is gone to. */
  readonly onShow: () => void;
}

const STEPS: Partial<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Parts of a dialog, one of them shown. What is typed in the others stays. */
export function Tabs({ label, tabs, onShow }: TabsProps) {
  const name = useId();
  const [wanted, setWanted] = useState("");
  const chosen = tabs.find(({ id }) => id === wanted) ?? tabs[0];
  const show = (tab: Tab | undefined) => {
    if (!tab) return;
    setWanted(tab.id);
    onShow();
    document.getElementById(`${name}-${tab.id}-tab`)?.focus();
  };
  return (
    <>
      <div
        className="tabs"
        role="tablist"
        aria-label={label}
        onKeyDown={(event) => {
          const next = aimOf(event, tabs.length, tabs.indexOf(chosen));
          if (next !== null) show(tabs[next]);
        }}
      >
        {tabs.map((tab) => (
          <TabButton key={tab.id} {...{ name, tab, show }} chosen={tab === chosen} />
        ))}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${name}-${tab.id}`}
          aria-labelledby={`${name}-${tab.id}-tab`}
          hidden={tab !== chosen}
        >
          {tab.content}
        </div>
      ))}
    </>
  );
}

interface ButtonProps {
  /** Begins the ids of the parts. */
  readonly name: string;
  readonly tab: Tab;
  readonly chosen: boolean;
  readonly show: (tab: Tab) => void;
}

/** One stop for the tab key; the arrows go from part to part. */
function TabButton({ name, tab, chosen, show }: ButtonProps) {
  return (
    <button
      type="button"
      role="tab"
      id={`${name}-${tab.id}-tab`}
      data-testid={`tab-${tab.id}`}
      aria-selected={chosen}
      aria-controls={`${name}-${tab.id}`}
      tabIndex={chosen ? 0 : -1}
      onClick={() => {
        show(tab);
      }}
    >
      {tab.label}
    </button>
  );
}

/** Where a key leads to from the part at `at`; null when nowhere. */
function aimOf(event: KeyboardEvent, count: number, at: number): number | null {
  const step = STEPS[event.key];
  const ends: Partial<Record<string, number>> = { Home: 0, End: count - 1 };
  const aim = step === undefined ? ends[event.key] : (at + step + count) % count;
  if (aim === undefined) return null;
  event.preventDefault();
  return aim;
}

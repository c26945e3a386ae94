import { Component, lazy, Suspense, useState, type ComponentType, type ReactNode } from "react";
import { strings } from "../strings";
import { groupLabels } from "./groupLabels";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

/** A part of the page that is loaded when it is first shown; a load that failed can be tried again. */
export function LazyPart<P extends object>({ load, props }: { load: Load<P>; props: P }) {
  const [{ Part, tries }, setPart] = useState(() => ({ Part: lazy(load), tries: 0 }));
  return (
    <LoadBoundary
      key={tries}
      again={() => {
        setPart({ Part: lazy(load), tries: tries + 1 });
      }}
    >
      <Suspense fallback={<p role="status">{groupLabels.loading}</p>}>
        <Part {...props} />
      </Suspense>
    </LoadBoundary>
  );
}

interface BoundaryProps {
  readonly again: () => void;
  readonly children: ReactNode;
}

class LoadBoundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert">
        <p>{groupLabels.loadFailed}</p>
        <button type="button" className="secondary" onClick={this.props.again}>
          {strings.tryAgain}
        </button>
      </div>
    );
  }
}

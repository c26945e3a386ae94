import { Component, lazy, Suspense, useState, type ComponentType, type ReactNode } from "react";
import { strings } from "./strings";

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

interface PartProps<P> {
  readonly load: Load<P>;
  readonly props: P;
  /** What stands here until it is loaded. */
  readonly meanwhile?: ReactNode;
}

/**
 * A part of the page that is loaded when it is first shown. A load may fail, without a network or when another version
 * was deployed since the page was opened: the page around it stays, and it can be tried again.
 */
export function LazyPart<P extends object>({ load, props, meanwhile }: PartProps<P>) {
  const [{ Part, tries }, setPart] = useState(() => ({ Part: lazy(load), tries: 0 }));
  return (
    <LoadBoundary
      key={tries}
      again={() => {
        setPart({ Part: lazy(load), tries: tries + 1 });
      }}
    >
      <Suspense fallback={meanwhile ?? <p role="status">{strings.loading}</p>}>
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
      <div className="load-failed" role="alert">
        <p>{strings.loadFailed}</p>
        <button type="button" className="secondary" onClick={this.props.again}>
          {strings.tryAgain}
        </button>
        <button
          type="button"
          className="secondary"
          onClick={() => {
            window.location.reload();
          }}
        >
          {strings.reloadPage}
        </button>
      </div>
    );
  }
}

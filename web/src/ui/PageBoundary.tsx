import { Component, type ReactNode } from "react";
import { Logo } from "./Icon";
import { strings } from "./strings";

/** What is shown instead of the whole page when it cannot be shown: a defect of ours, which must not leave it empty. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error): void {
    console.error("The page could not be shown.", error);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="welcome">
        <div className="welcome-card" role="alert">
          <Logo size={60} />
          <h1>{strings.pageFailed}</h1>
          <p>{strings.pageFailedNote}</p>
          <button
            type="button"
            className="primary"
            onClick={() => {
              window.location.reload();
            }}
          >
            {strings.reloadPage}
          </button>
        </div>
      </main>
    );
  }
}

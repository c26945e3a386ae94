import { Component, type ReactNode } from "react";

interface GuardProps {
  readonly text: string;
  readonly children: ReactNode;
}

/** Shows text as it is when it cannot be shown as Markdown, so that no text can take the page down. */
export class MarkdownGuard extends Component<GuardProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error): void {
    console.warn("A text could not be shown as Markdown.", error.message);
  }

  override render(): ReactNode {
    const { text, children } = this.props;
    return this.state.failed ? <p className="as-written">{text}</p> : children;
  }
}

import type { ReactNode } from "react";
import { Icon } from "./Icon";

/** A line below a message that says what became of it. */
export function Notice({ tone, children }: { tone: "plain" | "problem"; children: ReactNode }) {
  return (
    <div className="notice" data-tone={tone}>
      <Icon name={tone === "problem" ? "alert" : "clock"} size={16} />
      <div>{children}</div>
    </div>
  );
}

import type { ReactNode } from "react";
import { problemText, strings } from "../strings";
import { adminStrings } from "./adminStrings";
import type { Read } from "./useLoaded";

/** What was read, and how the reading goes. */
export function LoadedView<T>({ read, children }: { read: Read<T>; children: (value: T) => ReactNode }) {
  const { value, problem, busy, again } = read;
  return (
    <div aria-busy={busy}>
      {problem && (
        <div className="admin-fault" role="alert">
          <p>{problemText(problem)}</p>
          <button type="button" className="secondary" disabled={busy} onClick={again}>
            {strings.tryAgain}
          </button>
        </div>
      )}
      {value === null && busy && <p role="status">{adminStrings.loading}</p>}
      {value !== null && children(value)}
    </div>
  );
}

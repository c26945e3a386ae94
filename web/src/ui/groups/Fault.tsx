import type { Problem } from "../../core/codes";
import { strings } from "../strings";
import { groupProblem } from "./groupStrings";

/** Why something did not work, in words; `retry` where it can simply be tried again. */
export function Fault({ problem, retry }: { problem: Problem; retry: (() => void) | null }) {
  return (
    <>
      <p className="fault" role="alert" data-testid="group-problem">
        {groupProblem(problem)}
      </p>
      {retry && (
        <button type="button" className="secondary" onClick={retry}>
          {strings.tryAgain}
        </button>
      )}
    </>
  );
}

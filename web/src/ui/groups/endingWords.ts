import type { Outcome } from "../../core/state";
import { serverWords } from "../languages/serverWords";
import { roomStrings as words } from "./roomStrings";

/** How an answer ended that did not end well, and why. */
export function endingWords({ status, error }: Outcome): string {
  const why = error ? serverWords.problem(error.code, error.message) : "";
  return `${words.outcome[status]} ${why}`;
}

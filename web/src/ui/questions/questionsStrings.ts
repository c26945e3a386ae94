import type { QuestionCluster } from "../../core/commonQuestions";
import { inLanguage } from "../languages/catalog";

/** The sentences of common questions and approved answers. */
export const questionsStrings = inLanguage("questionsStrings", {
  title: "Common questions",
  intro: "What at least three people asked in the last half year. Names and numbers are left out.",
  loading: "Reading…",
  none: "Nothing has been asked often enough yet.",
  unavailable: "No deployment for vectors is configured, so questions are not analyzed.",
  analyzed: (at: string, questions: number) =>
    at === "" ? "Not analyzed yet." : `${questions.toLocaleString("en")} questions, analyzed ${at}.`,
  run: "Analyze now",
  running: "Being analyzed…",
  refresh: "Refresh",
  unnamed: "Not named yet",
  figures: (size: number, people: number) => `${size} questions of ${people} people`,
  trend: {
    growing: "asked more often",
    steady: "steady",
    falling: "asked less often",
  } satisfies Record<QuestionCluster["trend"], string>,
  sparkline: (counts: readonly number[]) => `Questions a week, oldest first: ${counts.join(", ")}`,
  signals: {
    up: "good answers",
    down: "bad answers",
    tool_failures: "failed tools",
    repeats: "asked again",
    unanswered: "without an answer",
  } satisfies Record<keyof QuestionCluster["signals"], string>,
  examples: "How people ask",
  answer: "Approved answer",
  approvedBy: (by: string, at: string, version: number) => `Version ${version}, ${by}, ${at}`,
  hits: (offered: number, taken: number) => `Offered ${times(offered)}, taken ${times(taken)} lately`,
  withdrawn: "Withdrawn",
  write: "Write an answer",
  edit: "Change",
  approve: "Approve",
  withdraw: "Withdraw",
  cancel: "Cancel",
  threshold: "How similar a question has to be",
  badge: "Approved answer",
  offered: "Somebody answered a question like this before.",
  show: "Show it",
  hide: "Hide",
  use: "Use this answer",
  used: "You took this answer.",
} as const);

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

import type { BudgetWarning } from "../../protocol/generated";
import type { ProblemCode } from "../../core/codes";
import { inLanguage } from "./catalog";

/** The server's own sentences, which are English, said in the language of the page. */
export const serverWords = inLanguage("serverWords", {
  problem: (_code: ProblemCode, message: string) => message,
  warning: ({ message }: Pick<BudgetWarning, "message" | "scope" | "used_percent" | "resets_at">) => message,
  privately: (message: string) => message,
} as const);

import type { Participant } from "../../protocol/generated";
import { excerptOf, excerptOfMarkdown } from "../excerpt";

/** What stands for a message beside another one: its first words, and of the coach's no signs of Markdown. */
export function quoteText({ author, text }: { readonly author: Participant; readonly text: string }): string {
  return author.kind === "coach" ? excerptOfMarkdown(text) : excerptOf(text);
}

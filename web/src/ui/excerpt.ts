import type { Nodes } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

const parser = unified().use(remarkParse).use(remarkGfm);
/** What an excerpt is made of: cutting Markdown anywhere leaves at worst a sign of it behind the excerpt's end. */
const READ = 1_000;
const LONGEST = 140;

/** The beginning of what the coach wrote, in plain words. */
export function excerptOfMarkdown(markdown: string, longest = LONGEST): string {
  return excerptOf(wordsOf(parser.parse(markdown.slice(0, READ))), longest);
}

/** The beginning of a text on one line, cut behind a word where there is one. */
export function excerptOf(text: string, longest = LONGEST): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= longest) return line;
  const end = line.lastIndexOf(" ", longest - 1);
  return `${line.slice(0, end > longest / 2 ? end : longest - 1)}…`;
}

function wordsOf(node: Nodes): string {
  switch (node.type) {
    case "html":
      return "";
    case "break":
      return " ";
    case "image":
    case "imageReference":
      return node.alt ?? "";
    default:
      if ("value" in node) return node.value;
      return "children" in node ? node.children.map(wordsOf).join(isInline(node) ? "" : " ") : "";
  }
}

/** Its parts are one run of words. */
function isInline({ type }: Nodes): boolean {
  return !["root", "list", "listItem", "blockquote", "table", "tableRow"].includes(type);
}

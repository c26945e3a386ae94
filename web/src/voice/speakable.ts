import type { Link, Nodes, RootContent } from "mdast";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

/** A block of Markdown as it is spoken. */
export interface Spoken {
  /** Where the block begins in the text. */
  readonly start: number;
  /** What is said of it, paragraph by paragraph and item by item; nothing of code and tables. */
  readonly paragraphs: readonly string[];
}

const parser = unified().use(remarkParse).use(remarkGfm);
const PICTURES = /[\p{Extended_Pictographic}\u{FE0F}\u{200D}]/gu;
const ADDRESS = /^(?:https?:\/\/|www\.)\S+$/i;

/** The blocks of a Markdown text in order, those of which nothing is said included. */
export function spokenBlocks(markdown: string): readonly Spoken[] {
  return parser.parse(markdown).children.map((block) => ({
    start: block.position?.start.offset ?? 0,
    paragraphs: paragraphsOf(block)
      .map(tidy)
      .filter((paragraph) => paragraph !== ""),
  }));
}

function paragraphsOf(block: RootContent): readonly string[] {
  switch (block.type) {
    case "paragraph":
    case "heading":
      return [textOf(block)];
    case "list":
    case "listItem":
    case "blockquote":
      return block.children.flatMap(paragraphsOf);
    default:
      return [];
  }
}

function textOf(node: Nodes): string {
  switch (node.type) {
    case "text":
    case "inlineCode":
      return node.value;
    case "link":
      return linkText(node);
    case "image":
    case "imageReference":
      return node.alt ?? "";
    case "break":
      return " ";
    // Struck out: no longer meant.
    case "delete":
      return "";
    default:
      return "children" in node ? node.children.map(textOf).join("") : "";
  }
}

/** A link's text; of an address that stands for itself only whose it is. */
function linkText(link: Link): string {
  const text = link.children.map(textOf).join("");
  if (!ADDRESS.test(text)) return text;
  return URL.canParse(link.url) ? new URL(link.url).hostname.replace(/^www\./, "") : "";
}

function tidy(text: string): string {
  return text.replace(PICTURES, "").replace(/\s+/g, " ").trim();
}

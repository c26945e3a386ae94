import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";

const PARSER = unified().use(remarkParse).use(remarkGfm);

/** What changes the meaning of text elsewhere, so that a text with it is one piece. */
const FAR_REACHING: ReadonlySet<string> = new Set(["definition", "footnoteDefinition"]);

/**
 * Cuts growing Markdown into its top-level blocks. Whatever is appended changes the last block only, so that all before
 * it are parsed and rendered once; what is parsed for each piece of text that comes is the last block, not all of it.
 */
export class GrowingMarkdown {
  private text = "";
  private done: readonly string[] = [];
  /** Where what is not in `done` begins. */
  private from = 0;
  /** Through where lines were looked at. */
  private seen = 0;
  private whole = false;

  /** The blocks of `text`; joined they are the text again. Text that never grew is one block. */
  blocks(text: string, growing: boolean): readonly string[] {
    if (!text.startsWith(this.text.slice(0, this.seen))) this.forget();
    if (text !== this.text && (growing || this.from > 0)) this.cut(text);
    this.text = text;
    const rest = text.slice(this.from);
    return rest === "" ? this.done : [...this.done, rest];
  }

  private forget(): void {
    this.done = [];
    this.from = 0;
    this.seen = 0;
    this.whole = false;
  }

  private cut(text: string): void {
    if (this.whole) return;
    // A line that is not whole may yet turn out to belong to the block before: "2" to the list it becomes "2." of.
    const end = text.lastIndexOf("\n") + 1;
    if (end <= this.seen) return;
    this.seen = end;
    const nodes = PARSER.parse(text.slice(this.from, end)).children;
    if (nodes.some((node) => reachesFar(node))) {
      this.forget();
      this.whole = true;
      return;
    }
    // The start of a line belongs to its block: of indented code it is a part of what it says.
    const starts = nodes.map((node) => lineStart(text, this.from + (node.position?.start.offset ?? 0)));
    const found = starts
      .slice(0, -1)
      .map((start, at) => text.slice(at === 0 ? this.from : start, starts[at + 1]));
    if (found.length === 0) return;
    this.done = [...this.done, ...found];
    this.from = starts.at(-1) ?? this.from;
  }
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

interface Tree {
  readonly type: string;
  readonly children?: readonly Tree[];
}

/** Walks without recursion, for text may be nested deeper than the stack. */
function reachesFar(root: Tree): boolean {
  const left: Tree[] = [root];
  for (let node = left.pop(); node; node = left.pop()) {
    if (FAR_REACHING.has(node.type)) return true;
    for (const child of node.children ?? []) left.push(child);
  }
  return false;
}

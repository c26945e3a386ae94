import { besideStrings } from "./besideStrings";

/** As much of a Markdown tree as is looked at here. */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
  data?: { hName: string; hProperties: Record<string, string> };
}

/** A Markdown plugin that marks these figures wherever they stand on their own in running text. */
export function markFigures(figures: readonly string[]) {
  const written = figures.map((figure) => figure.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w.,])(?:${written.join("|")})(?![\\w%]|[.,]\\d)`, "g");
  return () => (tree: Node) => {
    mark(tree, pattern);
  };
}

function mark(node: Node, pattern: RegExp): void {
  if (!node.children) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === "text") return split(child.value ?? "", pattern);
    mark(child, pattern);
    return [child];
  });
}

function split(text: string, pattern: RegExp): Node[] {
  const found: Node[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) found.push({ type: "text", value: text.slice(end, match.index) });
    found.push(marked(match[0]));
    end = match.index + match[0].length;
  }
  if (end < text.length || found.length === 0) found.push({ type: "text", value: text.slice(end) });
  return found;
}

function marked(figure: string): Node {
  const hProperties = { className: "unmatched", title: besideStrings.unmatched };
  return {
    type: "emphasis",
    children: [{ type: "text", value: figure }],
    data: { hName: "mark", hProperties },
  };
}

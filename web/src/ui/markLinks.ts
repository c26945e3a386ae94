import type { AnswerSource } from "../protocol/generated";
import { sourceStrings } from "./sourceStrings";
import { addressKey, hostOf } from "./webAddress";

/** As much of a Markdown tree as is looked at here. */
interface Node {
  type: string;
  value?: string;
  url?: string;
  alt?: string | null;
  identifier?: string;
  children?: Node[];
  data?: { hName: string; hProperties: Record<string, string> };
}

/** A Markdown plugin that puts behind each link to the web the number of its source, or that it has none. */
export function markLinks(sources: readonly AnswerSource[]) {
  const numbers = new Map(
    sources.flatMap(({ links }, index) => links.map((link) => [addressKey(link), index + 1] as const)),
  );
  return () => (tree: Node) => {
    const defined = new Map<string, string>();
    walk(tree, (node) => {
      if (node.type === "definition") defined.set(node.identifier ?? "", node.url ?? "");
    });
    walk(tree, (node) => {
      if (!node.children) return;
      node.children = node.children.flatMap((child) => [child, ...marksOf(child, defined, numbers)]);
    });
  };
}

/** Walks without recursion, from what is within to what is around it. */
function walk(root: Node, look: (node: Node) => void): void {
  const found: Node[] = [root];
  for (const node of found) found.push(...(node.children ?? []));
  for (const node of found.reverse()) look(node);
}

function marksOf(
  node: Node,
  defined: ReadonlyMap<string, string>,
  numbers: ReadonlyMap<string, number>,
): readonly Node[] {
  const url = addressOf(node, defined);
  const host = url === undefined ? null : hostOf(url);
  if (url === undefined || host === null) return [];
  const number = numbers.get(addressKey(url));
  if (number !== undefined) return [numbered(number)];
  return [unsourced(wordsOf(node).toLowerCase().includes(host) ? "" : host)];
}

function addressOf(node: Node, defined: ReadonlyMap<string, string>): string | undefined {
  if (node.type === "link" || node.type === "image") return node.url;
  if (node.type === "linkReference" || node.type === "imageReference")
    return defined.get(node.identifier ?? "");
  return undefined;
}

function wordsOf(node: Node): string {
  return node.value ?? node.alt ?? (node.children ?? []).map(wordsOf).join("");
}

function element(hName: string, hProperties: Record<string, string>, children: Node[]): Node {
  return { type: "emphasis", children, data: { hName, hProperties } };
}

const text = (value: string): Node => ({ type: "text", value });

function numbered(number: number): Node {
  const spoken = element("span", { className: "hidden" }, [text(` (${sourceStrings.source(number)})`)]);
  const shown = element("span", { ariaHidden: "true" }, [text(String(number))]);
  return element("sup", { className: "source-number" }, [spoken, shown]);
}

function unsourced(host: string): Node {
  const hProperties = { className: "unsourced", title: sourceStrings.unsourcedWhy };
  return element("span", hProperties, [text(` (${sourceStrings.unsourced(host)})`)]);
}

import type { Root, RootContent } from "mdast";

/** Quotes in lists in quotes deeper than this are shown as they are written: nobody means that, and stacks end. */
export const MAX_DEPTH = 40;

interface Below {
  readonly node: Root | RootContent;
  readonly depth: number;
}

/** A remark plugin: what stands deeper than `MAX_DEPTH` becomes text. Walks without recursion. */
export function flattenDeep() {
  return (tree: Root, file: { toString(): string }): void => {
    const source = file.toString();
    const left: Below[] = [{ node: tree, depth: 0 }];
    for (let below = left.pop(); below; below = left.pop()) {
      const { node, depth } = below;
      if (!("children" in node)) continue;
      if (depth >= MAX_DEPTH) flatten(node, source);
      else for (const child of node.children) left.push({ node: child, depth: depth + 1 });
    }
  };
}

function flatten(node: Extract<Root | RootContent, { children: unknown }>, source: string): void {
  const { position } = node;
  const value = position ? source.slice(position.start.offset, position.end.offset) : "";
  node.children = [{ type: "text", value }];
}

import type { Root } from "mdast";

/**
 * A remark plugin: each block is read in the direction of its own words, code in that of code. What is in a block has none of its own, for
 * the browser would then not look at its words to find the block's.
 */
export function ownDirection() {
  return (tree: Root): void => {
    for (const block of tree.children) {
      if (block.type === "code") continue;
      const data = (block.data ??= {});
      data.hProperties = { ...data.hProperties, dir: "auto" };
    }
  };
}

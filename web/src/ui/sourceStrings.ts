import { inLanguage } from "./languages/catalog";

/** The sentences of what an answer's links stand on. */
export const sourceStrings = inLanguage("sourceStrings", {
  sources: "Sources",
  /** Read out in place of a bare number behind a link. */
  source: (number: number) => `source ${number}`,
  /** Behind a link whose own words do not tell where it leads. */
  unsourced: (host: string) => `${host === "" ? "" : `${host}, `}not from a tool’s result`,
  unsourcedWhy: "No tool returned this address for this answer. Check it before you trust it.",
  foundBy: (tool: string, server: string) => `found by ${tool} (${server})`,
  untrusted: "Strangers wrote some of these pages: check them before you rely on them.",
} as const);

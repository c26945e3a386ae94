import type { ExportFormat } from "../core/api";
import { inLanguage } from "./languages/catalog";

/** The sentences of what can be done with a session. */
export const sessionStrings = inLanguage("sessionStrings", {
  export: {
    markdown: "Export as Markdown",
    json: "Export as JSON",
  } satisfies Record<ExportFormat, string>,
} as const);

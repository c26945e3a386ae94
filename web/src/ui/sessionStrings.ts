import type { ExportFormat } from "../core/api";

/** The sentences of what can be done with a session. */
export const sessionStrings = {
  export: {
    markdown: "Export as Markdown",
    json: "Export as JSON",
  } satisfies Record<ExportFormat, string>,
} as const;

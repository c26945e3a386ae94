import type { sessionStrings as english } from "../../sessionStrings";
import type { Translated } from "../catalog";

export const sessionStrings: Translated<typeof english> = {
  export: {
    markdown: "Als Markdown exportieren",
    json: "Als JSON exportieren",
  },
};

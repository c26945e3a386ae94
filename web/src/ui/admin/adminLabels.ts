import { inLanguage } from "../languages/catalog";

/** The few words of the administration that stand on the page before it is opened. */
export const adminLabels = inLanguage("adminLabels", {
  title: "Administration",
} as const);

import type { adminLabels as english } from "../../admin/adminLabels";
import type { Translated } from "../catalog";

export const adminLabels: Translated<typeof english> = { title: "Verwaltung" };

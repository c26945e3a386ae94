import type { Catalogs } from "../catalog";
import { groupLabels } from "./groupLabels";
import { groupStrings } from "./groupStrings";
import { insightsStrings } from "./insightsStrings";
import { insightStrings } from "./insightStrings";
import { languageStrings } from "./languageStrings";
import { groupProblems, problems } from "./problems";
import { qualityStrings } from "./qualityStrings";
import { roomStrings } from "./roomStrings";
import { serverWords } from "./serverWords";
import { strings } from "./strings";
import { voiceStrings } from "./voiceStrings";

/** All the page says, in German. */
export const german: Catalogs = {
  groupLabels,
  groupProblems,
  groupStrings,
  insightsStrings,
  insightStrings,
  languageStrings,
  problems,
  qualityStrings,
  roomStrings,
  serverWords,
  strings,
  voiceStrings,
};

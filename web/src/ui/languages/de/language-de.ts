import { sourceStrings } from "./sourceStrings";
import { sessionStrings } from "./sessionStrings";
import { summaryStrings } from "./summaryStrings";
import { connectionStrings } from "./connectionStrings";
import { adminStrings } from "./adminStrings";
import { adminLabels } from "./adminLabels";
import { offerStrings } from "./offerStrings";
import type { Catalogs } from "../catalog";
import { groupLabels } from "./groupLabels";
import { groupStrings } from "./groupStrings";
import { questionsStrings } from "./questionsStrings";
import { besideStrings } from "./besideStrings";
import { languageStrings } from "./languageStrings";
import { groupProblems, problems } from "./problems";
import { qualityStrings } from "./qualityStrings";
import { roomStrings } from "./roomStrings";
import { serverWords } from "./serverWords";
import { strings } from "./strings";
import { voiceStrings } from "./voiceStrings";

/** All the page says, in German. */
export const german: Catalogs = {
  sourceStrings,
  sessionStrings,
  summaryStrings,
  connectionStrings,
  adminStrings,
  adminLabels,
  offerStrings,
  groupLabels,
  groupProblems,
  groupStrings,
  questionsStrings,
  besideStrings,
  languageStrings,
  problems,
  qualityStrings,
  roomStrings,
  serverWords,
  strings,
  voiceStrings,
};

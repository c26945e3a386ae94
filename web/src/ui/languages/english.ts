import type { sourceStrings } from "../sourceStrings";
import type { sessionStrings } from "../sessionStrings";
import type { summaryStrings } from "../summaryStrings";
import type { connectionStrings } from "../connectionStrings";
import type { adminStrings } from "../admin/adminStrings";
import type { adminLabels } from "../admin/adminLabels";
import type { offerStrings } from "../groups/offerStrings";
import type { groupLabels } from "../groups/groupLabels";
import type { groupProblems, groupStrings } from "../groups/groupStrings";
import type { roomStrings } from "../groups/roomStrings";
import type { questionsStrings } from "../questions/questionsStrings";
import type { besideStrings } from "../besideStrings";
import type { qualityStrings } from "../qualityStrings";
import type { problems, strings } from "../strings";
import type { voiceStrings } from "../voice/voiceStrings";
import type { languageStrings } from "./languageStrings";
import type { serverWords } from "./serverWords";

/** Every catalog of the page by its name. Only types: a catalog is loaded with the part of the page that shows it. */
export interface English {
  readonly sourceStrings: typeof sourceStrings;
  readonly sessionStrings: typeof sessionStrings;
  readonly summaryStrings: typeof summaryStrings;
  readonly connectionStrings: typeof connectionStrings;
  readonly adminStrings: typeof adminStrings;
  readonly adminLabels: typeof adminLabels;
  readonly offerStrings: typeof offerStrings;
  readonly groupLabels: typeof groupLabels;
  readonly groupProblems: typeof groupProblems;
  readonly groupStrings: typeof groupStrings;
  readonly besideStrings: typeof besideStrings;
  readonly questionsStrings: typeof questionsStrings;
  readonly languageStrings: typeof languageStrings;
  readonly problems: typeof problems;
  readonly qualityStrings: typeof qualityStrings;
  readonly roomStrings: typeof roomStrings;
  readonly serverWords: typeof serverWords;
  readonly strings: typeof strings;
  readonly voiceStrings: typeof voiceStrings;
}

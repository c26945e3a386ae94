import type { Conversation } from "../core/state";
import { AnswerReader } from "./answerReader";
import { Mouth, type Manner, type MouthListener } from "./mouth";
import type { Platform } from "./platform";

interface AloudParts {
  readonly platform: Platform;
  readonly listener: MouthListener;
  readonly manner: () => Manner;
  readonly now: () => number;
}

/** Reads aloud what the coach answers, while that is wanted. */
export class Aloud {
  private readonly reader = new AnswerReader();
  private readonly mouth: Mouth;
  private wanted = false;

  constructor(private readonly parts: AloudParts) {
    this.mouth = new Mouth(parts.platform, parts.listener, parts.now);
  }

  /** From when it is wanted, what comes is read; what stands there is not. */
  want(wanted: boolean, conversation: Conversation | null): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (!wanted) this.mouth.hush();
    else if (conversation) this.reader.skip(conversation, this.parts.manner().language);
  }

  follow(conversation: Conversation): void {
    if (!this.wanted) return;
    const manner = this.parts.manner();
    const sentences = this.reader.follow(conversation, manner.language);
    if (sentences.length > 0) this.mouth.say(sentences, manner);
  }

  /** Break off, and read no more of the answer. */
  hush(conversation: Conversation | null): void {
    if (conversation) this.reader.mute(conversation);
    this.mouth.hush();
  }
}

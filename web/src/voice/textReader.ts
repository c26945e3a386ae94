import { sentencesOf } from "./sentences";
import { spokenBlocks, type Spoken } from "./speakable";

/** Marks that are left when what they belong to is not whole yet: the sentence may still come to read otherwise. */
const UNFINISHED = /[*_`~|[\]<]/;

/** Reads one text that grows, sentence by sentence, each once; only what is still open is looked at again. */
export class TextReader {
  /** Text of the blocks that are done with, and how many sentences they had. */
  private done = "";
  private doneCount = 0;
  private told: string[] = [];
  /** The text was replaced: what was told of the one before is compared word by word. */
  private replaced = false;

  /** The sentences that can be told now; `complete`: nothing more comes. */
  next(text: string, { complete, language }: { complete: boolean; language: string }): readonly string[] {
    if (!text.startsWith(this.done)) this.restart();
    const blocks = spokenBlocks(text.slice(this.done.length));
    const sentences: string[] = [];
    let count = this.doneCount;
    for (const [index, block] of blocks.entries()) {
      const open = !complete && index === blocks.length - 1;
      const own = open ? readable(block, language) : sentencesIn(block, language);
      for (const [at, sentence] of own.entries())
        if (this.isNew(count + at, sentence)) sentences.push(sentence);
      if (open) this.close(text, block.start, count);
      count += own.length;
    }
    return sentences;
  }

  /** Take all there is as told. */
  skip(text: string, language: string): void {
    this.next(text, { complete: false, language });
  }

  private isNew(index: number, sentence: string): boolean {
    const told = this.told[index];
    if (told !== undefined && (told === sentence || !this.replaced)) return false;
    this.told = [...this.told.slice(0, index), sentence];
    return true;
  }

  /** Blocks before the one that is open cannot change any more. */
  private close(text: string, openStart: number, count: number): void {
    this.done = text.slice(0, this.done.length + openStart);
    this.doneCount = count;
  }

  private restart(): void {
    this.done = "";
    this.doneCount = 0;
    this.replaced = true;
  }
}

function sentencesIn({ paragraphs }: Spoken, language: string): readonly string[] {
  return paragraphs.flatMap((paragraph) => sentencesOf(paragraph, language));
}

/** Of a block that still grows: all but the last sentence, up to the first that may still come to read otherwise. */
function readable(block: Spoken, language: string): readonly string[] {
  const sentences = sentencesIn(block, language).slice(0, -1);
  const end = sentences.findIndex((sentence) => UNFINISHED.test(sentence));
  return end < 0 ? sentences : sentences.slice(0, end);
}

import { useState } from "react";
import type { EntryWords } from "../core/api";
import { parseObject } from "../core/schemaFields";
import type { CardBodyProps } from "./cardBody";
import { EntryFields, isEntry } from "./EntryFields";
import { strings } from "./strings";

/** What the coach wants to remember: stored as it stands here, or not at all. Enter approves nothing here. */
export function MemoryCard({ card, blocked, answer }: CardBodyProps) {
  const [words, setWords] = useState<EntryWords>(() => entryIn(card.arguments));
  return (
    <>
      <EntryFields id={card.questionId} words={words} change={setWords} disabled={blocked} />
      <div className="card-buttons">
        <button
          type="button"
          className="primary"
          data-testid="approve"
          disabled={blocked || !isEntry(words)}
          onClick={() => {
            answer({ answer: "approve", arguments: { kind: words.kind, text: words.text.trim() } });
          }}
        >
          {strings.remember}
        </button>
        <button
          type="button"
          className="secondary"
          data-testid="deny"
          disabled={blocked}
          onClick={() => {
            answer({ answer: "deny" });
          }}
        >
          {strings.rememberNot}
        </button>
      </div>
    </>
  );
}

function entryIn(text: string | null): EntryWords {
  const given = parseObject(text) ?? {};
  return {
    kind: given.kind === "instruction" ? given.kind : "fact",
    text: typeof given.text === "string" ? given.text : "",
  };
}

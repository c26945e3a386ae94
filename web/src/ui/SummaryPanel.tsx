import { useEffect, useRef, useState, type MouseEvent } from "react";
import { Asked } from "../core/asked";
import type { Client } from "../core/client";
import {
  SUMMARY_TOPICS,
  summarise,
  type Beginning,
  type Summary,
  type SummaryTopic,
} from "../core/summaries";
import { CopyButton } from "./Markdown";
import { problemText, strings } from "./strings";
import "./styles/summary.css";
import { summaryStrings as words } from "./summaryStrings";
import { useStore } from "./useStore";

interface SummaryProps {
  readonly client: Client;
  /** A session or a group. */
  readonly conversationId: string;
  /** Where it may begin beside at the beginning. */
  readonly beginnings: readonly Beginning[];
  /** The address of a message. */
  readonly pathTo: (messageId: string) => string;
  readonly goTo: (messageId: string) => void;
  /** Counts how often it was opened. */
  readonly opened: number;
}

/** A conversation, or what followed a message of it, in a few lines that each name the messages they rest on. */
export default function SummaryPanel({
  client,
  conversationId,
  beginnings,
  opened,
  ...places
}: SummaryProps) {
  const [from, setFrom] = useState(1);
  const [asked] = useState(() => new Asked<Summary>());
  const { value, problem, busy } = useStore(asked.view);
  const ask = () => void asked.ask(() => summarise(client.http, conversationId, from));
  useEffect(() => {
    void asked.ask(() => summarise(client.http, conversationId, from));
  }, [asked, client, conversationId, from, opened]);
  const told = !busy && !problem ? value : null;
  return (
    <div className="summary" aria-busy={busy}>
      <Range {...{ beginnings, from, setFrom }} />
      <p role="status" data-testid="summary-state">
        {busy ? words.reading : told && stateOf(told)}
      </p>
      {told && <Topics told={told} {...places} />}
      {problem && (
        <p className="fault" role="alert">
          {problemText(problem)}
        </p>
      )}
      {!busy && <Buttons told={told} ask={ask} />}
    </div>
  );
}

function Buttons({ told, ask }: { told: Summary | null; ask: () => void }) {
  return (
    <div className="entry-buttons">
      {told?.written && <CopyButton label={words.copy} text={() => textOf(told)} />}
      <button type="button" className="secondary" data-testid="summary-again" onClick={ask}>
        {told ? words.again : strings.tryAgain}
      </button>
    </div>
  );
}

interface RangeProps {
  readonly beginnings: readonly Beginning[];
  readonly from: number;
  readonly setFrom: (seq: number) => void;
}

function Range({ beginnings, from, setFrom }: RangeProps) {
  if (beginnings.length < 2) return null;
  return (
    <label>
      {words.from}{" "}
      <select
        data-testid="summary-from"
        value={from}
        onChange={(event) => {
          setFrom(Number(event.target.value));
        }}
      >
        <option value={1}>{words.beginning}</option>
        {beginnings.map(({ seq, text }) => (
          <option key={seq} value={seq}>
            {text.slice(0, 80)}
          </option>
        ))}
      </select>
    </label>
  );
}

function stateOf({ messages, earlier, written, ...topics }: Summary): string {
  if (messages === 0) return words.nothing;
  const read = words.messages(messages, earlier);
  if (!written) return `${read} ${words.notWritten}`;
  const any = SUMMARY_TOPICS.some((topic) => topics[topic].length > 0);
  return any ? read : `${read} ${words.nothingOfNote}`;
}

type PlacesProps = Pick<SummaryProps, "pathTo" | "goTo">;

function Topics({ told, ...places }: PlacesProps & { readonly told: Summary }) {
  const topics = SUMMARY_TOPICS.filter((topic) => told[topic].length > 0);
  return (
    <>
      {topics.map((topic) => (
        <section key={topic} data-testid={`summary-${topic}`}>
          <h3>{words.topics[topic]}</h3>
          <ul>
            {told[topic].map(({ text, messages }) => (
              <li key={text}>
                {text} <Sources {...{ text, messages }} {...places} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {topics.length > 0 && <p>{words.caution}</p>}
    </>
  );
}

interface SourcesProps extends PlacesProps {
  readonly text: string;
  readonly messages: readonly string[];
}

function Sources({ text, messages, pathTo, goTo }: SourcesProps) {
  const root = useRef<HTMLSpanElement>(null);
  const follow = (event: MouseEvent, messageId: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    root.current?.closest("dialog")?.close();
    goTo(messageId);
  };
  return (
    <span className="sources" ref={root}>
      {messages.map((messageId, index) => (
        <a
          key={messageId}
          href={pathTo(messageId)}
          aria-label={words.sourceOf(index + 1, text)}
          data-testid="summary-source"
          onClick={(event) => {
            follow(event, messageId);
          }}
        >
          {words.source(index + 1)}
        </a>
      ))}
    </span>
  );
}

/** The lines by topic, as Markdown. */
function textOf(told: Summary): string {
  const parts = SUMMARY_TOPICS.filter((topic: SummaryTopic) => told[topic].length > 0).map((topic) =>
    [`## ${words.topics[topic]}`, ...told[topic].map(({ text }) => `- ${text}`)].join("\n"),
  );
  return parts.join("\n\n");
}

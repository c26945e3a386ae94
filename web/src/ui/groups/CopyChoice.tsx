import { useId, useState } from "react";
import { Asked } from "../../core/asked";
import type { Client } from "../../core/client";
import { messagesOf, MOST_COPIED, type SessionMessage } from "../../core/sessionParts";
import { excerptOf, excerptOfMarkdown } from "../excerpt";
import { strings } from "../strings";
import { useStore } from "../useStore";
import { Fault } from "./Fault";
import { groupStrings } from "./groupStrings";
import type { Copied } from "./NewGroupForm";

interface CopyChoiceProps {
  readonly client: Client;
  /** What it begins with cannot be changed any more. */
  readonly fixed: boolean;
  readonly change: (changes: { copied: Copied }) => void;
}

/** The first and the last message that are copied, as places in the list. */
type Range = readonly [number, number];

/** What a new group begins with: nothing, or a part of one of one's own conversations. */
export function CopyChoice({ client, fixed, change }: CopyChoiceProps) {
  const [asked] = useState(() => new Asked<readonly SessionMessage[]>());
  const [sessionId, setSession] = useState("");
  const [range, setRange] = useState<Range>([0, 0]);
  const { value } = useStore(asked.view);
  const choose = (from: string, messages: readonly SessionMessage[], chosen: Range) => {
    setRange(chosen);
    change({ copied: copiedOf(from, messages, chosen) });
  };
  const read = async (from: string) => {
    setSession(from);
    asked.clear();
    change({ copied: from === "" ? "nothing" : "unready" });
    const found = from === "" ? null : await asked.ask(() => messagesOf(client.http, from));
    if (found) choose(from, found, [0, found.length - 1]);
  };
  return (
    <fieldset className="copy-choice" disabled={fixed}>
      <legend className="hidden">{groupStrings.startFrom}</legend>
      <SessionChoice client={client} sessionId={sessionId} choose={(from) => void read(from)} />
      {sessionId !== "" && (
        <Chosen
          asked={asked}
          range={range}
          choose={(chosen) => {
            choose(sessionId, value ?? [], chosen);
          }}
          again={() => void read(sessionId)}
        />
      )}
    </fieldset>
  );
}

function copiedOf(sessionId: string, messages: readonly SessionMessage[], [first, last]: Range): Copied {
  const copies = messages.slice(first, last + 1).filter(({ stays }) => !stays).length;
  const [from, to] = [messages[first], messages[last]];
  if (!from || !to || copies === 0 || copies > MOST_COPIED) return "unready";
  return { sessionId, from_seq: from.seq, to_seq: to.seq };
}

interface SessionChoiceProps {
  readonly client: Client;
  readonly sessionId: string;
  readonly choose: (sessionId: string) => void;
}

function SessionChoice({ client, sessionId, choose }: SessionChoiceProps) {
  const id = useId();
  const { sessions } = useStore(client.sessions.list);
  return (
    <div className="field">
      <label htmlFor={id}>{groupStrings.startFrom}</label>
      <select
        id={id}
        data-testid="copy-from"
        value={sessionId}
        onChange={(event) => {
          choose(event.target.value);
        }}
      >
        <option value="">{groupStrings.startEmpty}</option>
        {sessions.map((session) => (
          <option key={session.sessionId} value={session.sessionId}>
            {groupStrings.startWith(session.title || strings.untitled)}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ChosenProps {
  readonly asked: Asked<readonly SessionMessage[]>;
  readonly range: Range;
  readonly choose: (range: Range) => void;
  readonly again: () => void;
}

function Chosen({ asked, range, choose, again }: ChosenProps) {
  const { value, problem, busy } = useStore(asked.view);
  if (problem) return <Fault problem={problem} retry={again} />;
  if (busy || !value) return <p role="status">{groupStrings.readingSession}</p>;
  if (!value.some(({ stays }) => !stays)) return <p role="status">{groupStrings.nothingToCopy}</p>;
  return <RangeChoice messages={value} range={range} choose={choose} />;
}

interface RangeProps extends Pick<ChosenProps, "range" | "choose"> {
  readonly messages: readonly SessionMessage[];
}

/** Which messages: all at first. An end that is moved past the other takes it along. */
function RangeChoice({ messages, range: [first, last], choose }: RangeProps) {
  const part = messages.slice(first, last + 1);
  const copies = part.filter(({ stays }) => !stays).length;
  return (
    <>
      <div className="range">
        <MessageChoice
          label={groupStrings.from}
          testId="copy-first"
          messages={messages}
          at={first}
          choose={(index) => {
            choose([index, Math.max(index, last)]);
          }}
        />
        <MessageChoice
          label={groupStrings.to}
          testId="copy-last"
          messages={messages}
          at={last}
          choose={(index) => {
            choose([Math.min(index, first), index]);
          }}
        />
      </div>
      <p role="status" data-testid="copy-count">
        {told(copies, part.length - copies)}
      </p>
      <p className="note">{groupStrings.copyNote}</p>
    </>
  );
}

/** What becomes of the messages that are chosen. */
function told(copies: number, stays: number): string {
  if (copies === 0) return groupStrings.nothingToCopy;
  if (copies > MOST_COPIED) return groupStrings.tooMuchToCopy(MOST_COPIED);
  return `${groupStrings.copyCount(copies)}${groupStrings.copyStays(stays)}.`;
}

interface MessageChoiceProps {
  readonly label: string;
  readonly testId: string;
  readonly messages: readonly SessionMessage[];
  readonly at: number;
  readonly choose: (index: number) => void;
}

const EXCERPT = 70;

function MessageChoice({ label, testId, messages, at, choose }: MessageChoiceProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        data-testid={testId}
        value={at}
        onChange={(event) => {
          choose(Number(event.target.value));
        }}
      >
        {messages.map((message, index) => (
          <option key={message.messageId} value={index}>
            {groupStrings.message(
              message.coach ? strings.coach : strings.person,
              message.coach ? excerptOfMarkdown(message.text, EXCERPT) : excerptOf(message.text, EXCERPT),
            )}
          </option>
        ))}
      </select>
    </div>
  );
}

import { useEffect, useRef, useState, type MouseEvent } from "react";
import { Asked } from "../../core/asked";
import type { Client } from "../../core/client";
import { GroupsApi, TOPICS, type CatchUp, type CatchUpLine, type Topic } from "../../core/groupsApi";
import { useStore } from "../useStore";
import "../styles/groups.css";
import { groupPath, openGroup } from "./groupRoute";
import { Fault } from "./Fault";
import { groupStrings } from "./groupStrings";

interface CatchUpProps {
  readonly client: Client;
  readonly groupId: string;
  /** The last event that was read when the person came; null when nothing was new then. */
  readonly since: number | null;
  /** Counts how often it was opened. */
  readonly opened: number;
}

/** What somebody missed in a group, each line with the messages it rests on. */
export default function CatchUpPanel({ client, groupId, since, opened }: CatchUpProps) {
  const [asked] = useState(() => new Asked<CatchUp>());
  const { value, problem, busy } = useStore(asked.view);
  const root = useRef<HTMLDivElement>(null);
  const ask = () => void asked.ask(() => new GroupsApi(client.http).catchUp(groupId, since));
  useEffect(() => {
    void asked.ask(() => new GroupsApi(client.http).catchUp(groupId, since));
  }, [asked, client, groupId, since, opened]);
  const follow = (event: MouseEvent, messageId: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    root.current?.closest("dialog")?.close();
    openGroup(groupId, messageId);
  };
  return (
    <div className="group-panel" ref={root} aria-busy={busy}>
      <p role="status" data-testid="catch-up-state">
        {busy ? groupStrings.catchingUp : value && !problem && summary(value)}
      </p>
      {!busy && value && !problem && <Topics told={value} groupId={groupId} follow={follow} />}
      {problem && <Fault problem={problem} retry={ask} />}
      {!busy && !problem && (
        <button type="button" className="secondary" data-testid="catch-up-again" onClick={ask}>
          {groupStrings.catchUpAgain}
        </button>
      )}
    </div>
  );
}

function summary({ messages, earlier, written, ...topics }: CatchUp): string {
  if (messages === 0) return groupStrings.nothingMissed;
  const missed = groupStrings.missed(messages, earlier);
  if (!written) return `${missed} ${groupStrings.notWritten}`;
  const any = TOPICS.some((topic) => topics[topic].length > 0);
  return any ? missed : `${missed} ${groupStrings.nothingOfNote}`;
}

interface TopicsProps {
  readonly told: CatchUp;
  readonly groupId: string;
  readonly follow: (event: MouseEvent, messageId: string) => void;
}

function Topics({ told, ...rest }: TopicsProps) {
  const topics = TOPICS.filter((topic) => told[topic].length > 0);
  return (
    <>
      {topics.map((topic) => (
        <TopicLines key={topic} topic={topic} lines={told[topic]} {...rest} />
      ))}
      {topics.length > 0 && <p className="note">{groupStrings.catchUpCaution}</p>}
    </>
  );
}

type LinesProps = Omit<TopicsProps, "told"> & {
  readonly topic: Topic;
  readonly lines: readonly CatchUpLine[];
};

function TopicLines({ topic, lines, groupId, follow }: LinesProps) {
  return (
    <section data-testid={`topic-${topic}`}>
      <h3>{groupStrings.topics[topic]}</h3>
      <ul className="told">
        {lines.map(({ text, messages }) => (
          <li key={text}>
            <span>{text}</span>{" "}
            <span className="sources">
              {messages.map((messageId, index) => (
                <a
                  key={messageId}
                  href={groupPath(groupId, messageId)}
                  aria-label={groupStrings.sourceOf(index + 1, text)}
                  data-testid="source"
                  onClick={(event) => {
                    follow(event, messageId);
                  }}
                >
                  {groupStrings.source(index + 1)}
                </a>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

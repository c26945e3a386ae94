import { useEffect, useMemo } from "react";
import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import type { Problem } from "../core/codes";
import { NEW_CHAT } from "../core/drafts";
import type { Outgoing } from "../core/outbox";
import type { Conversation } from "../core/state";
import { Dock } from "./Dock";
import { EmptyState } from "./EmptyState";
import { OpenProblem } from "./OpenProblem";
import { focusComposer } from "./focus";
import { go } from "./route";
import { problemText, strings } from "./strings";
import { Transcript } from "./Transcript";
import { useSpot } from "./useSpot";
import { useStickToBottom } from "./useStickToBottom";
import { useStore } from "./useStore";

/** One conversation and the box below it. */
export function ChatPage({ client, person }: { client: Client; person: Person }) {
  const { sessionId, conversation, problem } = useStore(client.chat.view);
  const entries = useStore(client.chat.questions.outbox.entries);
  const pending = useStore(client.chat.requests.turns.pending);
  const connected = useStore(client.connection.status).state === "connected";
  const target = conversation?.sessionId ?? sessionId;
  const outgoing = useMemo(() => entries.filter((entry) => entry.sessionId === target), [entries, target]);
  const empty = isEmpty(conversation) && outgoing.length === 0;
  const { scroller, content, following, toBottom, leave } = useStickToBottom(!empty);
  const actions = useMemo(() => actionsOf(client, toBottom), [client, toBottom]);
  // The address catches up once a new chat has become a session worth returning to.
  useEffect(() => {
    if (sessionId !== null) go(sessionId, { replace: true });
  }, [sessionId]);
  useEffect(toBottom, [sessionId, toBottom]);
  useSpot(conversation, leave);
  return (
    <>
      <div className="scroller" ref={scroller}>
        <div className="column" ref={content}>
          {problem && <Unopened problem={problem} client={client} />}
          {empty && !problem && <Nothing sessionId={sessionId} person={person} ask={actions.ask} />}
          {!empty && (
            <Transcript {...{ conversation, outgoing, pending, connected, scroller, following, actions }} />
          )}
        </div>
      </div>
      {!problem && (
        <Dock following={following || empty} {...{ client, conversation, sessionId, toBottom, actions }} />
      )}
    </>
  );
}

function isEmpty(conversation: Conversation | null): boolean {
  return conversation === null || conversation.turns.length === 0 || !conversation.opened;
}

interface NothingProps {
  readonly sessionId: string | null;
  readonly person: Person;
  readonly ask: (text: string) => void;
}

/** What stands where messages will be. */
function Nothing({ sessionId, person, ask }: NothingProps) {
  if (sessionId !== null) return <p className="opening">{strings.opening}</p>;
  return <EmptyState name={person.name.split(" ")[0] ?? ""} ask={ask} />;
}

function actionsOf({ chat, drafts }: Client, toBottom: () => void) {
  return {
    ask: (text: string) => {
      chat.ask(text);
      toBottom();
    },
    steer: (text: string) => {
      chat.ask(text, { steer: true });
      toBottom();
    },
    edit: (messageId: string, text: string) => {
      chat.ask(text, { replaces: messageId });
      toBottom();
    },
    answerAgain: () => {
      chat.requests.turns.regenerate();
    },
    stop: (turnId: string) => {
      chat.requests.turns.stop(turnId);
    },
    retry: (clientMessageId: string) => {
      chat.retry(clientMessageId);
    },
    discard: (clientMessageId: string) => {
      chat.questions.discard(clientMessageId);
    },
    toBox: ({ clientMessageId, sessionId, text }: Outgoing) => {
      chat.questions.discard(clientMessageId);
      drafts.giveBack(sessionId ?? NEW_CHAT, text);
      focusComposer();
    },
  };
}

/** Why the session is not there, and the ways on. */
function Unopened({ problem, client }: { problem: Problem; client: Client }) {
  const { sessionId } = client.chat.view.get();
  const retry = () => {
    client.chat.open(sessionId);
  };
  return (
    <OpenProblem
      title={strings.openFailed}
      reason={problemText(problem)}
      retry={problem.retryable ? retry : null}
      leave={strings.newChat}
    />
  );
}

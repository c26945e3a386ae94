import type { Client } from "../core/client";
import { openTurn, type Conversation } from "../core/state";
import { sorted } from "../core/unavailable";
import type { WhileBusy } from "../protocol/generated";
import { ConnectionsDialog } from "./ConnectionsDialog";
import { Composer, type Running } from "./Composer";
import { Icon } from "./Icon";
import { OfferBar } from "./questions/OfferBar";
import { strings } from "./strings";
import { WaitingBar } from "./WaitingBar";

interface DockActions {
  readonly ask: (text: string) => void;
  readonly steer: (text: string) => void;
  readonly stop: (turnId: string) => void;
}

interface DockProps {
  readonly client: Client;
  readonly conversation: Conversation | null;
  readonly sessionId: string | null;
  readonly following: boolean;
  readonly toBottom: () => void;
  readonly actions: DockActions;
}

/** What lies below the messages: the box to write in, and what may be said of it. */
export function Dock({ client, conversation, sessionId, following, toBottom, actions }: DockProps) {
  // While a long conversation comes in parts, the first ones look like turns that never end.
  const running = conversation?.opened ? runningOf(conversation, actions) : null;
  const { signIn, away } = sorted(conversation?.unavailable ?? []);
  return (
    <div className="dock">
      {!following && (
        <button type="button" className="latest" onClick={toBottom}>
          <Icon name="down" size={16} />
          {strings.latest}
        </button>
      )}
      <WaitingBar conversation={conversation} />
      <OfferBar offers={client.offers} conversation={conversation} stop={actions.stop} />
      {away.length > 0 && <p className="dock-note problem">{strings.unavailable(away)}</p>}
      {signIn.length > 0 && (
        <p className="dock-note above" data-testid="needs-sign-in">
          {strings.needsSignIn(signIn)} <ConnectionsDialog connections={client.connections} needed={signIn} />
        </p>
      )}
      <Composer
        sessionId={sessionId}
        drafts={client.drafts}
        onSend={actions.ask}
        running={running}
        returned={client.chat.questions.returned}
      />
      <p className="dock-note" id="composer-hint">
        <span className="keys">{hint(running)} · </span>
        {strings.composerNote}
      </p>
      {sessionId !== null && <WhileBusyLine {...{ client, sessionId, conversation }} />}
    </div>
  );
}

function runningOf(conversation: Conversation, actions: DockActions): Running | null {
  const turn = openTurn(conversation);
  if (!turn) return null;
  return {
    onSend: conversation.whileBusy,
    stopping: turn.phase === "stopping",
    steer: actions.steer,
    stop: () => {
      actions.stop(turn.turnId);
    },
  };
}

function hint(running: Running | null): string {
  if (!running) return strings.composerHint;
  return running.onSend === "queue" ? strings.composerHintBusy : strings.composerHintRejecting;
}

const CHOICES: readonly WhileBusy[] = ["queue", "reject"];

interface LineProps {
  readonly client: Client;
  readonly sessionId: string;
  readonly conversation: Conversation | null;
}

/** It is there from the beginning, so that nothing moves when the conversation comes. */
function WhileBusyLine({ client, sessionId, conversation }: LineProps) {
  const choose = (value: WhileBusy) => void client.settings.setWhileBusy(sessionId, value);
  return <WhileBusyChoice value={conversation?.whileBusy ?? "queue"} choose={conversation ? choose : null} />;
}

interface ChoiceProps {
  readonly value: WhileBusy;
  /** Null while it is not known what was chosen. */
  readonly choose: ((value: WhileBusy) => void) | null;
}

function WhileBusyChoice({ value, choose }: ChoiceProps) {
  return (
    <label className="while-busy">
      {strings.whileBusy}
      <select
        data-testid="while-busy"
        value={value}
        disabled={choose === null}
        onChange={(event) => {
          const chosen = CHOICES.find((choice) => choice === event.target.value);
          if (chosen) choose?.(chosen);
        }}
      >
        {CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {strings.whileBusyChoices[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}

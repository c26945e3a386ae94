import type { Client } from "../core/client";
import { openTurn, type Conversation } from "../core/state";
import type { WhileBusy } from "../protocol/generated";
import { Composer, type Running } from "./Composer";
import { Icon } from "./Icon";
import { OfferBar } from "./insights/OfferBar";
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
  readonly focusKey: string | null;
  readonly following: boolean;
  readonly toBottom: () => void;
  readonly actions: DockActions;
}

/** What lies below the messages: the box to write in, and what may be said of it. */
export function Dock({ client, conversation, focusKey, following, toBottom, actions }: DockProps) {
  const running = conversation && runningOf(conversation, actions);
  const unavailable = conversation?.unavailable ?? [];
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
      {unavailable.length > 0 && <p className="dock-note problem">{strings.unavailable(unavailable)}</p>}
      <Composer
        focusKey={focusKey}
        onSend={actions.ask}
        running={running}
        returned={client.chat.questions.returned}
      />
      <p className="dock-note" id="composer-hint">
        <span className="keys">{hint(running)} · </span>
        {strings.composerNote}
      </p>
      {conversation && conversation.turns.length > 0 && (
        <WhileBusyChoice
          value={conversation.whileBusy}
          choose={(value) => void client.settings.setWhileBusy(conversation.sessionId, value)}
        />
      )}
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

function WhileBusyChoice({ value, choose }: { value: WhileBusy; choose: (value: WhileBusy) => void }) {
  return (
    <label className="while-busy">
      {strings.whileBusy}
      <select
        data-testid="while-busy"
        value={value}
        onChange={(event) => {
          const chosen = CHOICES.find((choice) => choice === event.target.value);
          if (chosen) choose(chosen);
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

import { fireEvent, screen } from "@testing-library/react";
import { appendCard } from "../../dev/card-scenes";
import type { CardOpened, QuestionAnswer } from "../../src/protocol/generated";
import { go } from "../../src/ui/route";
import { Page } from "./page";

/** The page with what tests of cards do on it. */
export class CardPage extends Page {
  /** Show a conversation whose turn waits for a person; `change` makes another card of the scene's. */
  async waitingFor(kind: CardOpened["kind"], change: Partial<CardOpened> = {}): Promise<void> {
    appendCard(this.server, "s_1", "t_1", kind, change);
    go("s_1", { replace: true });
    await this.show();
  }

  async click(testId: string): Promise<void> {
    fireEvent.click(screen.getByTestId(testId));
    await this.settle();
  }

  /** The answers that went up. */
  answers(): QuestionAnswer[] {
    return this.server.received.filter((command) => command.type === "question.answer");
  }

  /** Close the open card as another device does. */
  async decidedElsewhere(closing: Parameters<typeof this.server.cards.close>[2]): Promise<void> {
    const [open] = this.server.cards.open("s_1");
    if (!open) throw new Error("no card is open");
    this.server.cards.close("s_1", open, closing);
    await this.settle();
  }
}

export function write(label: string, value: string): void {
  fireEvent.change(screen.getByLabelText(label), { target: { value } });
}

export function cardState(): string | undefined {
  return screen.getByTestId("card").dataset.state;
}

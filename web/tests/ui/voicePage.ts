import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, vi } from "vitest";
import { begun, step } from "../core/events";
import { ScriptedRecogniser, ScriptedSynthesis, ScriptedUtterance } from "../voice/scripted";
import { Page } from "./page";

/** The page in a browser whose recogniser and voice the test plays. */
export class VoicePage extends Page {
  synthesis = new ScriptedSynthesis();

  constructor() {
    super();
    beforeEach(() => {
      window.localStorage.clear();
      ScriptedRecogniser.all.length = 0;
      this.synthesis = new ScriptedSynthesis();
      vi.stubGlobal("isSecureContext", true);
      vi.stubGlobal("SpeechRecognition", ScriptedRecogniser);
      vi.stubGlobal("speechSynthesis", this.synthesis);
      vi.stubGlobal("SpeechSynthesisUtterance", ScriptedUtterance);
    });
  }

  /** Show the page with its voice, in which a question begins an answer. */
  async withVoice(): Promise<void> {
    this.server.onQuery = (_query, sessionId, turnId) => {
      this.turn = turnId;
      this.server.append(sessionId, begun(turnId));
    };
    await this.show();
    await this.settle(300);
    await vi.dynamicImportSettled();
    await this.settle();
  }

  async heard(act: (recogniser: ScriptedRecogniser) => void): Promise<void> {
    act(ScriptedRecogniser.current);
    await this.settle();
  }

  async click(testId: string): Promise<void> {
    fireEvent.click(screen.getByTestId(testId));
    await this.settle();
  }

  async handsFree(): Promise<void> {
    fireEvent.click(screen.getByRole("switch", { name: "Hands-free", hidden: true }));
    await this.settle();
  }

  async answer(text: string): Promise<void> {
    this.server.append("s_1", step(this.turn, 0, { parts: [{ type: "text", text }] }));
    await this.settle();
  }

  queries() {
    return this.server.received.filter((command) => command.type === "query");
  }

  get phase(): string | undefined {
    return screen.getByTestId("voice-strip").dataset.phase;
  }

  get talk(): HTMLElement {
    return screen.getByTestId("talk");
  }
}

import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ended } from "../core/events";
import { ScriptedRecogniser } from "../voice/scripted";
import { VoicePage } from "./voicePage";

const page = new VoicePage();

describe("what is measured", () => {
  it("is shown to the person, and in no frame: what is spoken goes up like what is written", async () => {
    const fetched = vi.fn();
    vi.stubGlobal("fetch", fetched);
    const beacon = vi.fn();
    Object.defineProperty(navigator, "sendBeacon", { value: beacon, configurable: true });
    await page.withVoice();
    await page.ask("um how is Contoso you know");
    page.server.append("s_1", ended(page.turn));
    await page.handsFree();
    ScriptedRecogniser.current.onspeechstart?.();
    await page.settle(500);
    await page.heard((recogniser) => {
      recogniser.hear("um how");
    });
    await page.settle(1_500);
    await page.heard((recogniser) => {
      recogniser.hear("um how is Contoso you know");
    });
    await page.settle(600);
    await page.heard((recogniser) => {
      recogniser.say("um how is Contoso you know");
    });
    await page.settle(1_200);
    await page.answer("Well.");
    await page.settle(2_000);
    page.synthesis.end();
    await page.settle();
    const summary = screen.getAllByTestId("delivery-summary")[0]?.textContent ?? "";
    for (const measured of [
      "180 words/min",
      "“um” 1×, “you know” 1×",
      "Longest monologue",
      "6 words in",
      "%",
    ])
      expect(summary).toContain(measured);
    const [written, spoken] = page.queries();
    expect(spoken).toEqual({
      ...written,
      client_message_id: spoken?.client_message_id,
      command_id: spoken?.command_id,
    });
    const known = new Set(["session.update", "query"]);
    expect(page.server.received.filter(({ type }) => !known.has(type))).toEqual([]);
    expect(fetched).not.toHaveBeenCalled();
    expect(beacon).not.toHaveBeenCalled();
    const kept = JSON.stringify(
      [window.localStorage, window.sessionStorage].map((storage) => Object.entries(storage)),
    );
    for (const word of ["pace", "filler", "talkShare", "delivery", "spoken"])
      expect(kept).not.toContain(word);
    fireEvent.click(screen.getAllByText("Start over")[0] ?? document.body);
    await page.settle();
    expect(screen.queryByTestId("voice-delivery")).toBeNull();
  });
});

describe("a browser", () => {
  it("without recognition and speech shows no voice", async () => {
    vi.stubGlobal("SpeechRecognition", undefined);
    Reflect.deleteProperty(window, "speechSynthesis");
    await page.withVoice();
    expect(screen.queryByTestId("voice-options")).toBeNull();
    expect(screen.queryByTestId("talk")).toBeNull();
  });

  it("that can only speak reads answers aloud, and remembers that it shall", async () => {
    vi.stubGlobal("SpeechRecognition", undefined);
    await page.withVoice();
    expect(screen.queryByTestId("talk")).toBeNull();
    expect(screen.queryByRole("switch", { name: "Hands-free", hidden: true })).toBeNull();
    fireEvent.click(screen.getByRole("switch", { name: "Read answers aloud", hidden: true }));
    fireEvent.change(screen.getByTestId("voice-rate"), { target: { value: "1.5" } });
    fireEvent.change(screen.getByTestId("voice-language"), { target: { value: "de-DE" } });
    await page.settle();
    await page.ask("Wie steht es?");
    await page.answer("Gut.");
    expect(page.synthesis.utterances[0]).toMatchObject({ text: "Gut.", lang: "de-DE", rate: 1.5 });
    expect(JSON.parse(window.localStorage.getItem("salescoach.voice") ?? "")).toMatchObject({
      readAloud: true,
      rate: 1.5,
      language: "de-DE",
    });
  });
});

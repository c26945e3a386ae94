import { act, fireEvent } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseLanguage } from "../../src/ui/languages/language";
import { ended } from "../core/events";
import { ScriptedRecogniser } from "../voice/scripted";
import { texts } from "./page";
import { VoicePage } from "./voicePage";

const page = new VoicePage();

afterEach(() => chooseLanguage("en"));

it("listens and speaks in the language of the page, from when it is chosen", async () => {
  await page.withVoice();
  await act(() => chooseLanguage("de"));
  await page.click("talk");
  expect(ScriptedRecogniser.current.lang).toBe("de");
  expect(texts("voice-status")).toEqual(["Hört zu …"]);
});

describe("push-to-talk", () => {
  it("writes what is said into the box, to be changed and sent like any words", async () => {
    await page.withVoice();
    fireEvent.change(page.box, { target: { value: "Well," } });
    expect(page.talk.getAttribute("aria-pressed")).toBe("false");
    await page.click("talk");
    expect(page.talk.getAttribute("aria-pressed")).toBe("true");
    expect(texts("voice-status")).toEqual(["Listening…"]);
    await page.heard((recogniser) => {
      recogniser.hear("how is cont");
    });
    expect(texts("voice-caption")).toEqual(["how is cont"]);
    await page.heard((recogniser) => {
      recogniser.say("how is Contoso");
    });
    await page.click("talk");
    await page.heard((recogniser) => {
      recogniser.say("today");
      recogniser.end();
    });
    expect(page.box.value).toBe("Well, how is Contoso today");
    expect(page.talk.getAttribute("aria-pressed")).toBe("false");
    expect(page.queries()).toEqual([]);
  });

  it("lasts while the button or Alt + M is held, and is a switch when they are pressed shortly", async () => {
    await page.withVoice();
    const keys = { altKey: true, code: "KeyM", key: "µ" };
    fireEvent.keyDown(page.box, keys);
    await page.settle(600);
    fireEvent.keyDown(page.box, { ...keys, repeat: true });
    expect(page.phase).toBe("listening");
    fireEvent.keyUp(page.box, keys);
    await page.settle();
    expect(page.phase).toBe("finishing");
    await page.heard((recogniser) => {
      recogniser.end();
    });
    expect(texts("voice-problem")).toEqual(["Nothing was heard."]);
    page.talk.setPointerCapture = vi.fn();
    // What jsdom makes of a pointer event has no button.
    fireEvent(page.talk, new MouseEvent("pointerdown", { button: 0, bubbles: true }));
    await page.settle(100);
    fireEvent.pointerUp(page.talk);
    fireEvent.click(page.talk, { detail: 1 });
    await page.settle();
    expect(page.phase).toBe("listening");
    fireEvent.keyDown(page.box, { key: "Escape" });
    await page.settle();
    expect(page.phase).toBe("finishing");
  });

  it("tells in words why it cannot listen, and writing goes on", async () => {
    await page.withVoice();
    await page.click("talk");
    await page.heard((recogniser) => {
      recogniser.fail("not-allowed");
    });
    expect(texts("voice-problem")[0]).toContain("may not use the microphone");
    expect(page.talk.getAttribute("aria-pressed")).toBe("false");
    await page.ask("Then I write");
    expect(page.queries().map(({ content }) => content)).toEqual(["Then I write"]);
  });

  it("ends when the page is out of sight", async () => {
    await page.withVoice();
    await page.handsFree();
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    fireEvent(document, new Event("visibilitychange"));
    await page.settle();
    expect(ScriptedRecogniser.all.some((recogniser) => recogniser.running)).toBe(false);
  });
});

describe("hands-free", () => {
  it("sends what is said after a pause, and reads the answer without its code", async () => {
    await page.withVoice();
    fireEvent.change(page.box, { target: { value: "a draft of mine" } });
    await page.handsFree();
    await page.heard((recogniser) => {
      recogniser.say("how is Contoso");
    });
    expect(page.queries()).toEqual([]);
    await page.settle(1_200);
    expect(page.queries().map(({ content }) => content)).toEqual(["how is Contoso"]);
    expect(page.box.value).toBe("a draft of mine");
    expect(page.phase).toBe("thinking");
    await page.answer("It goes well. See:\n\n```\nx = 1\n```\n\nAsk for more.");
    expect(page.phase).toBe("speaking");
    while (page.synthesis.speaking) page.synthesis.end();
    await page.settle();
    expect(page.synthesis.said).toEqual(["It goes well.", "See:", "Ask for more."]);
    expect(page.phase).toBe("listening");
  });

  it("lets the person interrupt, and does not take the coach's words for theirs", async () => {
    await page.withVoice();
    await page.handsFree();
    await page.heard((recogniser) => {
      recogniser.say("tell me about the price");
    });
    await page.settle(1_200);
    await page.answer("Begin with the value for the customer. Then name the price.");
    await page.heard((recogniser) => {
      recogniser.hear("begin with the value");
    });
    expect([page.phase, page.synthesis.cancelled]).toEqual(["speaking", 0]);
    await page.heard((recogniser) => {
      recogniser.hear("begin with the value but what about discounts");
    });
    expect([page.phase, page.synthesis.cancelled]).toEqual(["listening", 1]);
    await page.heard((recogniser) => {
      recogniser.say("begin with the value but what about discounts");
    });
    await page.settle(1_200);
    expect(page.queries().at(-1)?.content).toBe("but what about discounts");
    expect(page.synthesis.said).toEqual(["Begin with the value for the customer."]);
  });

  it("falls silent for who writes, who presses its button and who stops the answer", async () => {
    await page.withVoice();
    await page.handsFree();
    await page.ask("How is Contoso?");
    await page.answer("One. Two.");
    fireEvent.change(page.box, { target: { value: "w" } });
    await page.settle();
    expect([page.synthesis.speaking, page.phase]).toEqual([false, "listening"]);
    page.server.append("s_1", ended(page.turn));
    await page.ask("And now?");
    await page.answer("Three. Four.");
    expect(page.synthesis.speaking).toBe(true);
    await page.click("voice-hush");
    expect(page.synthesis.speaking).toBe(false);
    expect(page.synthesis.said).toEqual(["One.", "Three."]);
    await page.click("voice-end");
    expect(page.phase).toBe("off");
  });

  it("puts into the box what a session that takes no questions meanwhile would refuse", async () => {
    page.server.whileBusy = "reject";
    await page.withVoice();
    await page.ask("How is Contoso?");
    await page.handsFree();
    await page.heard((recogniser) => {
      recogniser.say("and Fabrikam");
    });
    await page.settle(1_200);
    expect(page.box.value).toBe("and Fabrikam");
    expect(page.queries()).toHaveLength(1);
  });
});

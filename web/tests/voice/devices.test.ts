import { beforeEach, describe, expect, it, vi } from "vitest";
import { Ear, type Utterance } from "../../src/voice/ear";
import { Mouth } from "../../src/voice/mouth";
import { hasVoice, platformOf } from "../../src/voice/platform";
import { scriptedPlatform, ScriptedRecogniser, ScriptedSynthesis, ScriptedUtterance } from "./scripted";

const synthesis = { current: new ScriptedSynthesis() };
let told: string[] = [];
let utterances: Utterance[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  ScriptedRecogniser.all.length = 0;
  synthesis.current = new ScriptedSynthesis();
  told = [];
  utterances = [];
  return () => vi.useRealTimers();
});

const now = () => Date.now();
const tell = (word: string) => (detail: unknown) => {
  told.push(`${word}: ${String(detail)}`);
};

function listening(): Ear {
  const said = (utterance: Utterance) => {
    utterances.push(utterance);
    told.push(`said: ${utterance.text}`);
  };
  const listener = { heard: tell("heard"), said, ended: () => told.push("ended"), failed: tell("failed") };
  const ear = new Ear(scriptedPlatform(synthesis.current), listener, now);
  ear.listen("en-GB");
  return ear;
}

describe("the ear", () => {
  it("tells words as they come and once they are certain, and when they were said", () => {
    listening();
    const recogniser = ScriptedRecogniser.current;
    expect(recogniser).toMatchObject({ lang: "en-GB", continuous: true, interimResults: true });
    const began = Date.now();
    recogniser.onspeechstart?.();
    vi.advanceTimersByTime(500);
    recogniser.hear("how");
    vi.advanceTimersByTime(1_000);
    recogniser.hear("how is");
    vi.advanceTimersByTime(800);
    recogniser.say("How is");
    recogniser.hear("Contoso");
    recogniser.say("Contoso?");
    expect(told).toEqual(["heard: how", "heard: how is", "said: How is", "heard: Contoso", "said: Contoso?"]);
    expect(utterances[0]).toEqual({ text: "How is", startedAt: began, endedAt: began + 1_500 });
  });

  it("goes on when the recogniser ends by itself", () => {
    listening();
    vi.advanceTimersByTime(5_000);
    ScriptedRecogniser.current.end();
    vi.advanceTimersByTime(1_000);
    ScriptedRecogniser.current.say("still here");
    expect(told).toEqual(["said: still here"]);
    expect(ScriptedRecogniser.all).toHaveLength(2);
  });

  it("gives up a recogniser that ends again and again", () => {
    listening();
    for (let run = 0; run < 5; run += 1) {
      ScriptedRecogniser.current.end();
      vi.advanceTimersByTime(300);
    }
    expect(told).toEqual(["failed: keeps_ending"]);
    expect(() => ScriptedRecogniser.current).toThrow();
  });

  it("tells the rest when it is asked to finish, even of a recogniser that never ends", () => {
    const ear = listening();
    ear.finish();
    expect(ScriptedRecogniser.current.stopped).toBe(true);
    ScriptedRecogniser.current.say("the rest");
    ScriptedRecogniser.current.end();
    expect(told).toEqual(["said: the rest", "ended"]);
    ear.listen("en");
    ScriptedRecogniser.current.hear("never final");
    ear.finish();
    vi.advanceTimersByTime(5_000);
    expect(told.slice(2)).toEqual(["heard: never final", "said: never final", "ended"]);
  });

  it.each([
    ["not-allowed", "permission"],
    ["audio-capture", "microphone"],
    ["network", "network"],
    ["language-not-supported", "language"],
    ["bad-grammar", "recognition"],
  ])("tells the recogniser's %s as %s, once", (error, problem) => {
    listening();
    ScriptedRecogniser.current.fail(error);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([`failed: ${problem}`]);
  });

  it("takes silence for no fault", () => {
    listening();
    vi.advanceTimersByTime(6_000);
    ScriptedRecogniser.current.fail("no-speech");
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([]);
    expect(ScriptedRecogniser.current.running).toBe(true);
  });
});

function speaking(): Mouth {
  const spoke = (from: number, to: number) => told.push(`spoke: ${to - from}`);
  const silent = () => told.push("silent");
  const listener = { began: tell("began"), spoke, silent, failed: tell("failed") };
  return new Mouth(scriptedPlatform(synthesis.current), listener, now);
}

const manner = { language: "de-DE", rate: 1.5, voice: null };

describe("the mouth", () => {
  it("says one sentence after the other, and how long each took", () => {
    const mouth = speaking();
    mouth.say(["One.", "Two."], manner);
    mouth.say(["Three."], manner);
    expect(synthesis.current.said).toEqual(["One."]);
    expect(synthesis.current.utterances[0]).toMatchObject({ lang: "de-DE", rate: 1.5 });
    for (let sentence = 0; sentence < 3; sentence += 1) {
      vi.advanceTimersByTime(700);
      synthesis.current.end();
    }
    expect(synthesis.current.said).toEqual(["One.", "Two.", "Three."]);
    expect(told.filter((line) => line === "spoke: 700")).toHaveLength(3);
    expect(told.at(-1)).toBe("silent");
    expect(told.filter((line) => line === "silent")).toHaveLength(1);
  });

  it("falls silent at once, and says nothing of what it was to say", () => {
    const mouth = speaking();
    mouth.say(["One.", "Two."], manner);
    vi.advanceTimersByTime(300);
    mouth.hush();
    expect(synthesis.current.speaking).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(["began: One.", "spoke: 300", "silent"]);
    mouth.say(["Again."], manner);
    expect(synthesis.current.said).toEqual(["One.", "Again."]);
  });

  it("goes on behind a voice that never says it is done", () => {
    speaking().say(["One.", "Two."], manner);
    vi.advanceTimersByTime(10_000);
    expect(synthesis.current.said).toEqual(["One.", "Two."]);
  });

  it("tells why it cannot speak, and does not try sentence after sentence", () => {
    speaking().say(["One.", "Two."], manner);
    synthesis.current.fail("not-allowed");
    expect(told.at(-1)).toBe("failed: speech_blocked");
    expect(synthesis.current.said).toEqual(["One."]);
  });
});

describe("what the browser can do", () => {
  const scope = (parts: object) =>
    ({ isSecureContext: true, navigator: { userAgent: "X" }, ...parts }) as never;
  const ears = { webkitSpeechRecognition: ScriptedRecogniser };
  const mouth = { speechSynthesis: {}, SpeechSynthesisUtterance: ScriptedUtterance };

  it("decides whether there is a voice at all", () => {
    expect(hasVoice(scope({}))).toBe(false);
    expect(hasVoice(scope(ears))).toBe(true);
    expect(hasVoice(scope(mouth))).toBe(true);
    expect(hasVoice(scope({ ...ears, isSecureContext: false }))).toBe(false);
  });

  it("is taken part by part", () => {
    expect(platformOf(scope(mouth)).makeRecogniser).toBeNull();
    expect(platformOf(scope(ears)).synthesis).toBeNull();
    expect(platformOf(scope(ears)).makeRecogniser?.()).toBeInstanceOf(ScriptedRecogniser);
    expect(platformOf(scope({ ...ears, navigator: { userAgent: "Linux; Android 15" } })).continuous).toBe(
      false,
    );
  });
});

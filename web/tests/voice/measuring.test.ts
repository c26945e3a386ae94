import { describe, expect, it } from "vitest";
import { keptChoices } from "../../src/voice/choices";
import { DeliveryMeter } from "../../src/voice/delivery";
import { EchoGuard } from "../../src/voice/echo";
import { fillersIn } from "../../src/voice/fillers";

describe("the echo guard", () => {
  function speaking(...sentences: string[]): EchoGuard {
    const guard = new EchoGuard();
    for (const sentence of sentences) guard.began(sentence);
    return guard;
  }
  const coach = "Start with the value for Contoso, then talk about the price.";

  it("takes what the coach says for nobody's words, misheard ones included", () => {
    const guard = speaking(coach);
    expect(guard.own("start with the value for Contoso", 0)).toBe("");
    expect(guard.own("start with the valley for Contoso then talk about the prize", 0)).toBe("");
    expect(guard.own("Contoso", 0)).toBe("");
  });

  it("lets the person's words through, quotes of the coach included", () => {
    const guard = speaking(coach);
    expect(guard.own("stop", 0)).toBe("stop");
    expect(guard.own("wait a moment please", 0)).toBe("wait a moment please");
    const quote = "what do you mean when you say talk about the price here";
    expect(guard.own(quote, 0)).toBe(quote);
  });

  it("cuts an echo off in front of the person's words", () => {
    const guard = speaking(coach);
    expect(guard.own("talk about the price no I would rather begin with them", 0)).toBe(
      "no I would rather begin with them",
    );
    expect(guard.own("start with the value for Contoso then talk but what about Fabrikam", 0)).toBe(
      "but what about Fabrikam",
    );
  });

  it("forgets what was spoken a moment after the coach fell silent", () => {
    const guard = speaking(coach);
    guard.silent(1_000);
    expect(guard.own("talk about the price", 1_600)).toBe("");
    expect(guard.own("talk about the price", 1_800)).toBe("talk about the price");
  });
});

describe("the delivery", () => {
  const said = (text: string, startedAt: number, endedAt: number) => ({ text, startedAt, endedAt });

  it("is nothing before anything was said", () => {
    expect(new DeliveryMeter().delivery).toMatchObject({
      words: 0,
      pace: null,
      talkShare: null,
      longestMs: 0,
    });
  });

  it("has the pace of the time spoken, pauses left out", () => {
    const meter = new DeliveryMeter();
    meter.said(said("one two three four five", 0, 2_000), "en");
    meter.said(said("six seven eight nine ten", 60_000, 62_000), "en");
    expect(meter.delivery.pace).toBe(150);
    expect(meter.delivery.words).toBe(10);
  });

  it("has no pace of too few words, and none of words that came all at once", () => {
    const meter = new DeliveryMeter();
    meter.said(said("one two", 0, 1_000), "en");
    meter.said(said("three four five six seven eight", 5_000, 5_100), "en");
    expect(meter.delivery).toMatchObject({ words: 8, pace: null, spokenMs: 1_900 });
    meter.said(said("nine ten eleven twelve", 9_000, 11_000), "en");
    expect(meter.delivery.pace).toBe(120);
  });

  it("shares the talking between the person and the coach", () => {
    const meter = new DeliveryMeter();
    meter.said(said("one two three four", 0, 3_000), "en");
    meter.coachSpoke(4_000, 5_000);
    expect(meter.delivery.talkShare).toBe(0.75);
  });

  it("counts short pauses into a monologue; long ones and the coach end it", () => {
    const meter = new DeliveryMeter();
    meter.said(said("one", 0, 4_000), "en");
    meter.said(said("two", 5_000, 9_000), "en");
    meter.said(said("three", 12_000, 13_000), "en");
    expect(meter.delivery.longestMs).toBe(9_000);
    meter.coachSpoke(13_000, 13_500);
    meter.said(said("four", 13_600, 20_000), "en");
    expect(meter.delivery.longestMs).toBe(9_000);
  });

  it("knows the fillers of English and German, those of two words too, and says when it does not", () => {
    expect(fillersIn(["um", "um", "you", "know", "drum"], "en-GB")).toEqual(
      new Map([
        ["um", 2],
        ["you know", 1],
      ]),
    );
    expect(fillersIn(["ähm", "das", "ist", "halt", "so"], "de-AT")).toEqual(
      new Map([
        ["ähm", 1],
        ["halt", 1],
      ]),
    );
    expect(fillersIn(["euh"], "fr-FR")).toBeNull();
    const meter = new DeliveryMeter();
    meter.said(said("Um, I mean, um yes", 0, 2_000), "en");
    expect(meter.delivery.fillers).toEqual(
      new Map([
        ["um", 2],
        ["i mean", 1],
      ]),
    );
    meter.said(said("bonjour", 3_000, 4_000), "fr");
    expect(meter.delivery.fillers).toBeNull();
  });

  it("keeps no word that was said", () => {
    const meter = new DeliveryMeter();
    meter.said(said("Contoso is my secret", 0, 2_000), "en");
    expect(JSON.stringify(Object.entries(meter)).toLowerCase()).not.toContain("contoso");
  });
});

describe("the choices for the voice", () => {
  it("are kept in the browser, and what is no choice is not believed", () => {
    window.localStorage.clear();
    keptChoices(window.localStorage).update((choices) => ({
      ...choices,
      rate: 1.5,
      language: "de-DE",
      readAloud: true,
    }));
    expect(keptChoices(window.localStorage).get()).toEqual({
      language: "de-DE",
      voices: {},
      rate: 1.5,
      readAloud: true,
    });
    window.localStorage.setItem(
      "salescoach.voice",
      '{"rate":99,"language":5,"voices":{"en":3},"readAloud":"yes"}',
    );
    expect(keptChoices(window.localStorage).get()).toEqual({
      language: null,
      voices: {},
      rate: 1,
      readAloud: false,
    });
    window.localStorage.clear();
  });
});

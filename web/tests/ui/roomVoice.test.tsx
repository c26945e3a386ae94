import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BEN } from "../../dev/fake-rooms";
import { asked } from "../../dev/said";
// What the page loads when it needs it is there already: how long loading takes is not what is tested here.
import "../../src/ui/groups/RoomList";
import "../../src/ui/groups/RoomPage";
import { goToRoom } from "../../src/ui/route";
import "../../src/ui/voice/kit";
import { begun, step } from "../core/events";
import { texts } from "./page";
import { VoicePage } from "./voicePage";

const page = new VoicePage();

async function inRoom(): Promise<void> {
  page.server.rooms.begin("g_1", "Contoso");
  goToRoom("g_1");
  await page.withVoice();
  await page.roomsLoaded();
  await page.roomsLoaded();
}

async function answers(turnId: string, text: string): Promise<void> {
  page.server.rooms.append("g_1", begun(turnId));
  await page.settle();
  page.server.rooms.append("g_1", step(turnId, 0, { parts: [{ type: "text", text }] }));
  await page.settle();
}

describe("the voice in a room", () => {
  it("writes what is said into the box", async () => {
    await inRoom();
    fireEvent.change(screen.getByTestId("room-composer"), { target: { value: "Well," } });
    await page.click("talk");
    await page.heard((recogniser) => {
      recogniser.say("good morning");
    });
    await page.click("talk");
    await page.heard((recogniser) => {
      recogniser.end();
    });
    expect(screen.getByTestId<HTMLTextAreaElement>("room-composer").value).toBe("Well, good morning");
    expect(page.server.rooms.sent("group.message")).toEqual([]);
  });

  it("speaks with the coach hands-free, and reads what it says to the person alone", async () => {
    await inRoom();
    await page.handsFree();
    page.server.rooms.append("g_1", asked("t_ben", "@coach and Fabrikam?", { author: BEN }));
    await answers("t_ben", "Fabrikam is fine.");
    expect(page.synthesis.said).toEqual([]);
    await page.heard((recogniser) => {
      recogniser.say("how is Contoso");
    });
    await page.settle(3_000);
    expect(page.server.rooms.sent("group.message")).toMatchObject([
      { content: "@coach how is Contoso", mentions: ["coach"], to: [] },
    ]);
    page.server.rooms.append("g_1", asked("t_ada", "@coach how is Contoso"));
    await answers("t_ada", "Contoso is fine.");
    expect(page.synthesis.said).toEqual(["Contoso is fine."]);
    expect(texts("voice-status")).not.toEqual([]);
  });
});

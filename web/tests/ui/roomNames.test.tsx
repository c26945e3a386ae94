import { fireEvent, screen } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { ADA } from "../../dev/said";
import { goToRoom } from "../../src/ui/route";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();

// Reading a part from the disk takes time that no clock of the tests moves: it is read before.
beforeAll(async () => {
  await import("../../src/ui/groups/RoomPage");
});

/** Ada in a room with two people of one name and one who is called like the coach. */
async function entered(): Promise<HTMLTextAreaElement> {
  const named = (id: string, name: string) => ({
    participant: { kind: "person" as const, id, name },
    role: "member" as const,
    invited: false,
  });
  const others = [named("t.0002", "Ben Okafor"), named("t.0003", "Ben Okafor"), named("t.0009", "coach")];
  page.server.rooms.begin("g_1", "Contoso", { members: [named(ADA.id, ADA.name), ...others] });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
  return screen.getByTestId("room-composer");
}

it("tells people of one name apart, and mentions the one who was chosen", async () => {
  const box = await entered();
  fireEvent.change(box, { target: { value: "@ben", selectionStart: 4 } });
  await page.settle();
  expect(texts("name-option")).toEqual(["BOBen Okafor (0002)", "BOBen Okafor (0003)"]);
  fireEvent.keyDown(box, { key: "ArrowDown" });
  fireEvent.keyDown(box, { key: "ArrowUp" });
  fireEvent.keyDown(box, { key: "Enter" });
  await page.settle(20);
  fireEvent.change(box, { target: { value: `Hello ${box.value}and @coach-0009!` } });
  fireEvent.keyDown(box, { key: "Enter" });
  await page.settle();
  expect(page.server.rooms.sent("group.message")).toMatchObject([{ mentions: ["t.0002", "t.0009"] }]);
  expect([...document.querySelectorAll(".mention")].map((found) => found.textContent)).toEqual([
    "@Ben Okafor (0002)",
    "@coach-0009",
  ]);
});

it("tells them apart where one chooses who sees it, too", async () => {
  await entered();
  const options = [...screen.getByTestId<HTMLSelectElement>("whisper-to").options].map(({ text }) => text);
  expect(options).toEqual([
    "Everyone",
    "Only the coach",
    "Only Ben Okafor (0002)",
    "Only Ben Okafor (0003)",
    "Only coach-0009",
  ]);
});

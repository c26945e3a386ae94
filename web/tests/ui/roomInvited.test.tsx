import { screen } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { goToRoom } from "../../src/ui/route";
import { refusal } from "../core/harness";
import { CardPage } from "./cardPage";

const page = new CardPage();

// Reading a part from the disk takes time that no clock of the tests moves: they are read before.
beforeAll(async () => {
  await import("../../src/ui/groups/RoomPage");
  await import("../../src/ui/groups/RoomInvited");
});

beforeEach(() => {
  window.history.replaceState(null, "", "/");
});

/** Follow the address of a group that one is invited to, or is not. */
async function followed(invited: boolean): Promise<void> {
  const { rooms } = page.server;
  rooms.begin("g_1", "Contoso");
  rooms.page = {
    ...rooms.page,
    rooms: rooms.page.rooms
      .map((room) => ({ ...room, invited, invitedBy: "Ben Okafor", role: "member" as const }))
      .filter((room) => room.invited),
  };
  rooms.refuse = (command) =>
    command.type === "group.open" && rooms.decided.length === 0
      ? refusal(command, "conversation_not_found")
      : null;
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
  await page.roomsLoaded();
}

it("shows who follows the address of a group the invitation to it, and after joining the group", async () => {
  await followed(true);
  expect(screen.getByTestId("room-invited").textContent).toContain(
    "Ben Okafor invited you to “Contoso” as a member.",
  );
  await page.click("join-room");
  await page.settle(300);
  expect(page.server.rooms.decided).toEqual([["g_1", "accepted"]]);
  expect(screen.getByTestId("room-composer")).toBeTruthy();
  expect(screen.queryByTestId("room-invited")).toBeNull();
});

it("leads who declines it to a new chat", async () => {
  await followed(true);
  await page.click("decline-room");
  await page.settle(300);
  expect(page.server.rooms.decided).toEqual([["g_1", "declined"]]);
  expect(window.location.pathname).toBe("/");
});

it("says to everybody else that there is no such group for them", async () => {
  await followed(false);
  expect(screen.getByTestId("open-problem").textContent).toContain("you do not belong to it");
});

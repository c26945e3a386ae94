import { screen } from "@testing-library/react";
import { beforeAll, expect, it } from "vitest";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();

// Reading a part from the disk takes time that no clock of the tests moves: it is read before.
beforeAll(async () => {
  await import("../../src/ui/groups/RoomPage");
});

/** Nobody's own chats, one group, and one that is archived. */
async function shown(): Promise<void> {
  const { rooms } = page.server;
  rooms.begin("g_2", "Fabrikam", { archived: true });
  rooms.archive = rooms.page;
  rooms.page = { rooms: [], more: false };
  rooms.begin("g_1", "Contoso");
  await page.show();
  await page.roomsLoaded();
}

it("lists archived groups in the archive, and opens them to be read", async () => {
  await shown();
  expect(texts("room-item")).toEqual(["Contoso"]);
  await page.click("archive-toggle");
  expect(texts("room-item")).toEqual(["Fabrikam"]);
  expect(screen.getByRole("navigation", { name: "Archived groups" })).toBeTruthy();
  await page.click("room-item");
  await page.roomsLoaded();
  expect(window.location.pathname).toBe("/g/g_2");
  expect(screen.getByTestId("read-only").textContent).toContain("archived");
  await page.click("archive-toggle");
  expect(texts("room-item")).toEqual(["Contoso"]);
});

it("follows what is archived and taken back elsewhere", async () => {
  await shown();
  await page.click("archive-toggle");
  const { rooms } = page.server;
  rooms.archive = { rooms: [...rooms.page.rooms, ...rooms.archive.rooms], more: false };
  rooms.page = { rooms: [], more: false };
  page.server.send({ type: "list.updated", conversation_id: "g_1", at: "", change: "changed" });
  await page.settle(300);
  expect(texts("room-item")).toEqual(["Contoso", "Fabrikam"]);
});

it("says that there are none", async () => {
  await page.show();
  await page.roomsLoaded();
  await page.click("archive-toggle");
  expect(screen.getByTestId("room-list").textContent).toBe("Archived groupsNo group is archived.");
});

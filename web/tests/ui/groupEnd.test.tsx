import { screen } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FakeGroup, GROUP_ID, member, refusal } from "../../dev/fake-groups";
import { goToRoom } from "../../src/ui/route";
import { refusal as chatRefusal } from "../core/harness";
import { CardPage } from "./cardPage";

const page = new CardPage();
let group: FakeGroup;

// Reading a part from the disk takes time that no clock of the tests moves: it is read before.
beforeAll(async () => {
  await import("../../src/ui/groups/GroupPanel");
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
  window.history.replaceState(null, "", "/");
  group = new FakeGroup(page.server.http);
});

/** Show the last part of the group's dialog. */
async function opened(): Promise<void> {
  page.server.rooms.begin(GROUP_ID, "Contoso renewal");
  goToRoom(GROUP_ID);
  await page.show();
  await page.roomsLoaded();
  await page.click("group-menu");
  for (let tries = 0; tries < 20 && !screen.queryByTestId("tab-more"); tries++) await page.settle();
  await page.click("tab-more");
}

describe("leaving a group, and deleting it", () => {
  /** The group's end is told before the request is answered. */
  const toldFirst = async () => {
    const { rooms } = page.server;
    rooms.refuse = (command) =>
      command.type === "group.open" ? chatRefusal(command, "conversation_not_found") : null;
    page.server.send({ type: "list.updated", conversation_id: GROUP_ID, at: "", change: "deleted" });
    await Promise.resolve();
    await Promise.resolve();
    return {};
  };
  const toasts = () => screen.queryByRole("alert")?.textContent;

  it("leads to a new chat, which says what was left, and that nothing went wrong", async () => {
    group.members = [member("p1", "Ada Lovelace", "owner"), member("t.ben", "Ben Okafor", "owner")];
    await opened();
    page.server.http.on("DELETE", /members\/me$/, toldFirst);
    await page.click("leave-group");
    await page.click("leave-group-yes");
    await page.settle(300);
    expect(window.location.pathname).toBe("/");
    expect(screen.queryByTestId("open-problem")).toBeNull();
    expect(toasts()).toBe("You left “Contoso renewal”.");
  });

  it("does so for who deletes it, too", async () => {
    await opened();
    page.server.http.on("DELETE", new RegExp(`^/groups/${GROUP_ID}$`), toldFirst);
    await page.click("delete-group");
    await page.click("delete-group-yes");
    await page.settle(300);
    expect(window.location.pathname).toBe("/");
    expect(toasts()).toBe("“Contoso renewal” was deleted.");
  });

  it("stays where it is when it was refused", async () => {
    await opened();
    page.server.http.on("DELETE", new RegExp(`^/groups/${GROUP_ID}$`), () => {
      throw refusal("store_unavailable", "", true);
    });
    await page.click("delete-group");
    await page.click("delete-group-yes");
    expect(window.location.pathname).toBe(`/g/${GROUP_ID}`);
    expect(screen.getByTestId("group-problem")).toBeTruthy();
  });
});

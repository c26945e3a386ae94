import { fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { FakeGroup, GROUP_ID, member, refusal } from "../../dev/fake-groups";
import { followInvitation } from "../../src/ui/groups/groupRoute";
import { goToRoom } from "../../src/ui/route";
import { CardPage, write } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();
let group: FakeGroup;
const TOKEN = `${GROUP_ID}.iv_${"a".repeat(26)}.${"s".repeat(43)}`;

// Reading a part from the disk takes time that no clock of the tests moves: they are read before.
beforeAll(async () => {
  await import("../../src/ui/groups/GroupPanel");
  await import("../../src/ui/groups/CatchUpPanel");
  await import("../../src/ui/groups/InvitationPage");
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
  window.history.replaceState(null, "", "/");
  followInvitation();
  group = new FakeGroup(page.server.http);
});

/** Show the page of the group. */
async function entered(): Promise<void> {
  page.server.rooms.begin(GROUP_ID, "Contoso renewal");
  goToRoom(GROUP_ID);
  await page.show();
  await page.roomsLoaded();
}

async function opened(tab = "people"): Promise<void> {
  await entered();
  await page.click("group-menu");
  await loaded(`tab-${tab}`);
  await page.click(`tab-${tab}`);
}

/** Let a part of the page come that is loaded when it is needed. */
async function loaded(testId: string): Promise<void> {
  for (let tries = 0; tries < 20 && !screen.queryByTestId(testId); tries++) await page.settle();
}

const dialog = () => within(screen.getByRole("dialog", { name: "This group" }));
const line = (name: string) =>
  within(screen.getAllByTestId("member").find((found) => found.textContent.includes(name)) ?? document.body);
const said = () => screen.getByTestId("group-said").textContent;
const problem = () => screen.queryByTestId("group-problem")?.textContent ?? null;

async function press(part: ReturnType<typeof dialog>, name: string | RegExp): Promise<void> {
  fireEvent.click(part.getByRole("button", { name }));
  await page.settle();
}

it("lists people with what they are, and lets an owner give them another role", async () => {
  group.members = [...group.members, member("t.x", "t.x", "observer", true)];
  await opened();
  expect(texts("member")).toEqual([
    "AAda Lovelace (you)OwnerChange",
    "BBen OkaforMemberChange",
    "Tt.xObserver · invited · Nobody with this ID has signed in latelyChange",
  ]);
  await press(line("Ben"), "Change or remove Ben Okafor");
  write("Role of Ben Okafor", "facilitator");
  fireEvent.submit(screen.getByTestId("save-role"));
  await page.settle();
  expect(group.members[1]?.role).toBe("facilitator");
  expect(said()).toBe("Ben Okafor is a facilitator now.");
});

it("says to the only owner why they cannot leave or be anything else", async () => {
  await opened();
  await press(line("Ada"), "Change or remove Ada Lovelace");
  expect(line("Ada").queryByTestId("save-role")).toBeNull();
  expect(line("Ada").getByText(/Make somebody else an owner/)).toBeTruthy();
  await page.click("tab-more");
  expect(screen.getByTestId("last-owner").textContent).toContain("only owner");
  expect(screen.queryByTestId("leave-group")).toBeNull();
});

it("asks before it removes somebody; Escape says no and closes nothing else", async () => {
  await opened();
  await press(line("Ben"), "Change or remove Ben Okafor");
  await press(line("Ben"), "Remove Ben Okafor from the group");
  expect(document.activeElement?.textContent).toBe("Cancel");
  expect(fireEvent.keyDown(screen.getByRole("button", { name: "Cancel" }), { key: "Escape" })).toBe(false);
  await page.settle(20);
  expect(document.activeElement).toBe(screen.getByTestId("remove-member"));
  expect(group.members).toHaveLength(2);
  await page.click("remove-member");
  await page.click("remove-member-yes");
  expect(texts("member")).toHaveLength(1);
  expect([said(), document.activeElement?.textContent]).toEqual(["Ben Okafor was removed.", "People"]);
});

it("offers a member nothing their role does not allow", async () => {
  group.details = { ...group.details, role: "member" };
  group.members = [member("p1", "Ada Lovelace", "member"), member("t.ben", "Ben Okafor", "owner")];
  await opened("settings");
  expect(
    dialog()
      .getAllByRole("tab")
      .map((tab) => tab.textContent),
  ).toEqual(["People", "Settings", "More"]);
  expect(screen.queryByTestId("save-name")).toBeNull();
  expect(dialog().getByText("All about the renewal.")).toBeTruthy();
  await page.click("tab-people");
  expect(dialog().queryByRole("button", { name: /Change or remove/ })).toBeNull();
  await page.click("tab-more");
  expect([screen.queryByTestId("archive-group"), screen.queryByTestId("delete-group")]).toEqual([null, null]);
  expect(screen.getByTestId("leave-group")).toBeTruthy();
});

it("makes a link, shows it until it is withdrawn, and leaves the rest as it was typed", async () => {
  await opened("invite");
  write("The link holds", "1");
  write("At most so many people", "0");
  expect(screen.getByTestId<HTMLButtonElement>("make-link").disabled).toBe(true);
  write("At most so many people", "3");
  fireEvent.submit(screen.getByTestId("make-link"));
  await page.settle();
  expect(group.links[0]).toMatchObject({ role: "member", hours: 1, max_uses: 3 });
  expect(screen.getByTestId<HTMLInputElement>("new-link").value).toContain(`/join#${GROUP_ID}.iv_0.secret`);
  expect(texts("invitation-link")[0]).toContain("Members · used by 0 of 3");
  await page.click("withdraw-link");
  await page.click("withdraw-link-yes");
  expect(group.links).toEqual([]);
  expect(screen.queryByTestId("new-link")).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>("At most so many people").value).toBe("3");
});

it("keeps in the box whom it could not invite, and says why", async () => {
  await opened("invite");
  const box = screen.getByTestId<HTMLTextAreaElement>("ids");
  const type = (value: string) => {
    fireEvent.change(box, { target: { value } });
  };
  type("nobody");
  expect(box.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(box.getAttribute("aria-describedby") ?? "")?.textContent).toBe(
    "This is no ID: nobody",
  );
  type("t.c t.d");
  page.server.http.on("POST", /invitations$/, ({ sent }) => {
    if (sent.content?.principal === "t.d") throw refusal("group_full", "The group is full: 200 people.");
    return { member: null, link: null, token: null };
  });
  fireEvent.submit(box);
  await page.settle();
  expect(box.value).toBe("t.d");
  expect(problem()).toBe("The group is full: 200 people.");
});

it("keeps what was typed when the server refuses a new name, and when others change it", async () => {
  await opened("settings");
  write("Name of the group", "Renewal 2027");
  page.server.http.on("PATCH", new RegExp(`^/groups/${GROUP_ID}$`), () => {
    throw refusal("forbidden", "Your role in this group (member) does not let you change its name.");
  });
  group.details = { ...group.details, title: "Theirs" };
  fireEvent.submit(screen.getByTestId("save-name"));
  await page.settle();
  expect(problem()).toContain("does not let you");
  expect(screen.getByTestId("group-title").textContent).toBe("Theirs");
  expect(screen.getByLabelText<HTMLInputElement>("Name of the group").value).toBe("Renewal 2027");
});

it("sets when the coach speaks and what newcomers see", async () => {
  await opened("settings");
  await page.click("setting-follow_up");
  expect(screen.getByTestId<HTMLInputElement>("setting-follow_up").checked).toBe(true);
  fireEvent.click(screen.getByLabelText("Only what is said after they joined"));
  await page.settle();
  expect(group.details.settings).toEqual({ follow_up: true, ambient: false, history: "from_joining" });
  expect(said()).toBe("The setting was saved.");
});

it("goes from part to part by the arrow keys, with one stop for the tab key", async () => {
  await opened();
  const tab = (name: string) => dialog().getByRole("tab", { name });
  fireEvent.keyDown(tab("People"), { key: "ArrowLeft" });
  expect(document.activeElement).toBe(tab("More"));
  fireEvent.keyDown(tab("More"), { key: "Home" });
  expect(tab("People").getAttribute("aria-selected")).toBe("true");
  expect(
    dialog()
      .getAllByRole("tab")
      .map((each) => each.tabIndex),
  ).toEqual([0, -1, -1, -1]);
});

it("says which messages each line of what one missed rests on", async () => {
  const none = { decisions: [], questions_for_me: [], commitments: [], numbers: [] };
  const told = { messages: 3, earlier: 1, written: true, ...none };
  const decisions = [{ text: "12 percent.", messages: ["m_1", "m_2"] }];
  page.server.http.on("GET", /catch-up$/, () => ({ ...told, decisions }));
  await entered();
  await page.click("catch-up");
  await loaded("topic-decisions");
  expect(screen.getAllByTestId("source").map((link) => link.getAttribute("href"))).toEqual([
    `/g/${GROUP_ID}#m_1`,
    `/g/${GROUP_ID}#m_2`,
  ]);
  expect(screen.getByTestId("catch-up-state").textContent).toContain("the 1 oldest");
  page.server.http.on("GET", /catch-up$/, () => ({ ...told, messages: 0 }));
  await page.click("catch-up-again");
  expect(screen.getByTestId("catch-up-state").textContent).toContain("missed nothing");
});

async function followed(hash: string, auth = new FakeAuth()): Promise<void> {
  window.history.replaceState(null, "", `/join#${hash}`);
  followInvitation();
  await page.show(auth);
}

it("tells who is not signed in that they are invited", async () => {
  await followed(TOKEN, new FakeAuth(null));
  expect(screen.getByText(/You were invited to a group/)).toBeTruthy();
});

it("says so when a link was cut off", async () => {
  await followed(TOKEN.slice(0, 40));
  await loaded("invitation-refused");
  expect(screen.getByTestId("invitation-refused").textContent).toContain("not complete");
});

it("lets nobody join without their word, and says that a link no longer holds", async () => {
  page.server.http.on("GET", new RegExp(`^/groups/${GROUP_ID}$`), () => {
    throw refusal("conversation_not_found");
  });
  page.server.http.on("POST", /^\/groups\/join$/, () => {
    throw refusal("invitation_invalid", "This invitation does not hold, or no longer.");
  });
  await followed(TOKEN);
  await loaded("join");
  expect(page.server.http.sent("POST")).toEqual([]);
  await page.click("join");
  expect(page.server.http.sent("POST")).toEqual([["/groups/join", { token: TOKEN }]]);
  expect(screen.getByTestId("invitation-refused").textContent).toContain("has expired, was used up");
});

import { beforeEach, expect, it, vi } from "vitest";
import { FakeGroup, FakeRequests, GROUP_ID, member, refusal } from "../../dev/fake-groups";
import { Asked } from "../../src/core/asked";
import { SignedOutError } from "../../src/core/codes";
import { GroupDesk } from "../../src/core/groupDesk";
import { GroupMaker, type WantedGroup } from "../../src/core/groupMaker";
import { isLastOwner, mayRemove, principalsIn, rightsOf } from "../../src/core/groupRoles";
import { GroupsApi, type GroupDetails } from "../../src/core/groupsApi";
import { groupOf, linkTo, tokenIn } from "../../src/core/invitationLinks";
import { messagesOf } from "../../src/core/sessionParts";

let http: FakeRequests;
let group: FakeGroup;
let desk: GroupDesk;
const api = () => new GroupsApi(http);
const problem = () => desk.view.get().problem?.code ?? null;
const away = () => {
  throw refusal("store_unavailable", "Away.", true);
};

beforeEach(() => {
  http = new FakeRequests();
  group = new FakeGroup(http);
  desk = new GroupDesk(api(), GROUP_ID);
});

it("offers each role what it allows, and nobody anything in an archived group but to take it back", () => {
  const of = (role: GroupDetails["role"], archived = false) =>
    rightsOf({ ...(group.details as GroupDetails), role, archived });
  expect(of("owner")).toMatchObject({ set: true, giveRoles: true, own: true });
  expect(of("owner").invite).toEqual(["owner", "facilitator", "member", "observer"]);
  expect(of("owner").link).toEqual(["facilitator", "member", "observer"]);
  expect(of("facilitator")).toMatchObject({ set: true, giveRoles: false, own: false });
  expect(of("facilitator").invite).toEqual(["member", "observer"]);
  expect(of("member")).toMatchObject({ set: false, invite: [], link: [], seeInvitations: false });
  expect(of("owner", true)).toMatchObject({ set: false, giveRoles: false, own: true, invite: [] });
  expect(mayRemove("facilitator", "facilitator")).toBe(false);
  expect(mayRemove("facilitator", "observer")).toBe(true);
  expect(mayRemove("member", "observer")).toBe(false);
});

it("counts as owners those who have accepted", () => {
  const people = [member("a", "A", "owner"), member("b", "B", "owner", true)];
  expect(isLastOwner(people, "a")).toBe(true);
  expect(isLastOwner([...people, member("c", "C", "owner")], "a")).toBe(false);
  expect(isLastOwner(people, "c")).toBe(false);
});

it("finds the IDs in what was pasted, each once, and says what is none", () => {
  expect(principalsIn(" t.a, t.b;\nt.a nobody ")).toEqual({ principals: ["t.a", "t.b"], others: ["nobody"] });
  expect(principalsIn(`t.${"x".repeat(90)}`).principals).toEqual([]);
});

it("keeps the secret of a link behind the #, and knows a link that was cut off", () => {
  const token = `${GROUP_ID}.iv_${"a".repeat(26)}.${"s".repeat(43)}`;
  const url = new URL(linkTo("https://coach.example", token));
  expect(url.pathname).toBe("/join");
  expect(tokenIn(url)).toBe(token);
  expect(groupOf(token)).toBe(GROUP_ID);
  expect(groupOf(token.slice(0, -1))).toBeNull();
  expect(tokenIn({ pathname: "/s/s_1", hash: `#${token}` })).toBeNull();
});

it("reads a group and asks for its links only where they may be seen", async () => {
  expect(await desk.load()).toBe(true);
  expect(desk.view.get().facts).toMatchObject({ details: { title: "Contoso renewal" }, links: [] });
  group.details = { ...group.details, role: "member" };
  http.asked.length = 0;
  await desk.look();
  expect(desk.view.get().facts?.links).toBeNull();
  expect(http.asked.map(({ path }) => path)).not.toContain(`/groups/${GROUP_ID}/invitations`);
});

it("shows what is so after a change", async () => {
  await desk.load();
  expect(await desk.change({ settings: { ambient: true } })).toBe(true);
  expect(await desk.giveRole("t.ben", "observer")).toBe(true);
  const { facts } = desk.view.get();
  expect(facts?.details.settings).toEqual({ follow_up: false, ambient: true, history: "all" });
  expect(facts?.members[1]).toMatchObject({ role: "observer" });
  expect(http.sent("PATCH")[0]?.[1]).toEqual({ settings: { ambient: true } });
});

it("does what is asked for while something is on its way after that", async () => {
  await desk.load();
  await Promise.all([
    desk.change({ settings: { ambient: true } }),
    desk.change({ settings: { follow_up: true } }),
  ]);
  const after = http.asked.slice(-8).map(({ method }) => method);
  expect(after).toEqual(["PATCH", "GET", "GET", "GET", "PATCH", "GET", "GET", "GET"]);
  expect(desk.view.get()).toMatchObject({ busy: false, problem: null });
});

it("says why a change is refused, and shows the group as it is meanwhile", async () => {
  await desk.load();
  http.on("DELETE", /members\/t\.ben$/, () => {
    group.members = group.members.slice(0, 1);
    throw refusal("member_not_found", "There is no such person.");
  });
  expect(await desk.removeMember("t.ben")).toBe(false);
  expect(problem()).toBe("member_not_found");
  expect(desk.view.get().facts?.members).toHaveLength(1);
  expect(desk.view.get().busy).toBe(false);
});

it("does not say that a change failed when only looking at it afterwards did", async () => {
  await desk.load();
  http.on("GET", /members$/, away);
  expect(await desk.change({ title: "New" })).toBe(true);
  expect(problem()).toBe("store_unavailable");
  expect(desk.view.get().facts?.details.title).toBe("Contoso renewal");
});

it("tells who could not be invited", async () => {
  await desk.load();
  http.on("POST", /invitations$/, ({ sent }) => {
    if (sent.content?.principal === "t.c") throw refusal("group_full", "The group is full.");
    return { member: null, link: null, token: null };
  });
  const people = ["t.b", "t.c", "t.d"].map((principal) => ({ principal, role: "member" as const }));
  expect(await desk.invite(people)).toEqual(people.slice(1));
  expect(problem()).toBe("group_full");
});

it("is over once it was left or deleted, and not when that was refused", async () => {
  await desk.load();
  http.on("DELETE", /members\/me$/, () => {
    throw refusal("last_owner", "A group needs an owner.");
  });
  expect(await desk.leave()).toBe(false);
  expect(desk.view.get()).toMatchObject({ gone: false, problem: { code: "last_owner" } });
  http.on("DELETE", new RegExp(`^/groups/${GROUP_ID}$`), () => ({}));
  expect(await desk.delete()).toBe(true);
  expect(desk.view.get().gone).toBe(true);
});

it("says that the sign-in has ended", async () => {
  http.on("GET", new RegExp(`^/groups/${GROUP_ID}$`), () => {
    throw new SignedOutError();
  });
  expect(await desk.load()).toBe(false);
  expect(problem()).toBe("token_expired");
});

const WANTED: WantedGroup = {
  title: "Deal",
  description: "Why",
  invitees: [{ principal: "t.b", role: "member" }],
  part: null,
};

it("asks for the same group under the same key until it is made, and for another under another", async () => {
  let keys = 0;
  const maker = new GroupMaker(api(), () => `k${++keys}`);
  http.on("POST", /^\/groups$/, away);
  expect(await maker.make(WANTED)).toBeNull();
  expect(maker.view.get()).toMatchObject({ busy: false, begun: false, problem: { message: "Away." } });
  http.on("POST", /^\/groups$/, () => group.details);
  expect(await maker.make(WANTED)).toBe(GROUP_ID);
  expect(await maker.make(WANTED)).toBe(GROUP_ID);
  const used = http.asked.map(({ sent }) => sent.headers?.["Idempotency-Key"]);
  expect(used).toEqual(["k1", "k1", "k2"]);
  expect(http.asked[0]?.sent.content).toEqual({
    title: "Deal",
    description: "Why",
    members: WANTED.invitees,
  });
});

it("goes on with a copy where it stopped", async () => {
  const maker = new GroupMaker(api());
  const part = { sessionId: "s_1", from_seq: 3, to_seq: 9 };
  group.details = { ...group.details, title: "Deal", description: "" };
  const copied = vi.fn(() => ({ group: group.details, copied: 2, left_out: 0 }));
  http.on("POST", /^\/sessions\/s_1\/group$/, copied);
  http.on("POST", /invitations$/, away);
  expect(await maker.make({ ...WANTED, part })).toBeNull();
  expect(maker.view.get().begun).toBe(true);
  http.on("POST", /invitations$/, () => ({}));
  expect(await maker.make({ ...WANTED, part })).toBe(GROUP_ID);
  expect(copied).toHaveBeenCalledTimes(1);
  expect(http.asked[0]?.sent.content).toEqual({ title: "Deal", from_seq: 3, to_seq: 9 });
  expect(group.details.description).toBe("Why");
  expect(maker.view.get().begun).toBe(false);
});

it("lists what a session can be copied from, as it reads now, and what stays behind", async () => {
  const said = (message_id: string, coach: boolean, text: string) => ({
    message_id,
    at: "",
    by: "x",
    coach,
    text,
  });
  const messages = [
    said("q", false, "Ask"),
    said("a", true, "Say"),
    said("e", true, " "),
    said("b", true, "More"),
  ];
  http.on("GET", /export\?format=json$/, () => JSON.stringify({ messages }));
  const event = (seq: number, type: string, fields: object) => ({ seq, type, ...fields });
  http.on("GET", /events\?after=0&/, () => ({
    events: [
      event(1, "message.created", { message_id: "q" }),
      event(2, "message.completed", { message_id: "a" }),
      event(3, "turn.started", {}),
    ],
    through_seq: 3,
    more: true,
  }));
  http.on("GET", /events\?after=3&/, () => ({
    events: [
      event(4, "tool_call.completed", { readers: "asker" }),
      event(5, "message.completed", { message_id: "b" }),
      event(6, "message.completed", { message_id: "gone" }),
    ],
    through_seq: 6,
    more: false,
  }));
  const found = await messagesOf(http, "s_1");
  expect(found.map(({ messageId, seq, stays }) => [messageId, seq, stays])).toEqual([
    ["q", 1, false],
    ["a", 2, false],
    ["b", 5, true],
  ]);
});

it("shows nothing that comes late for an earlier asking", async () => {
  const asked = new Asked<string>();
  let late: (value: string) => void = () => undefined;
  const first = asked.ask(() => new Promise<string>((done) => (late = done)));
  expect(await asked.ask(() => Promise.resolve("new"))).toBe("new");
  late("old");
  expect(await first).toBeNull();
  expect(asked.view.get().value).toBe("new");
});

it("waits for a catch-up longer than for other answers", async () => {
  http.on("GET", /catch-up$/, () => ({ messages: 0, earlier: 0, written: true }));
  await api().catchUp(GROUP_ID);
  expect(http.asked[0]?.sent.timeoutMs).toBeGreaterThan(30_000);
});

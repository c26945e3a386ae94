import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { refusal } from "../../dev/fake-groups";
import { AdminPlace, click, lines, settle, usage } from "./adminPlace";

const votes = (...counts: number[]) =>
  (["useful", "wrong", "slow", "unsafe"] as const).map((vote, at) => ({ vote, count: counts[at] ?? 0 }));
const FIND = {
  server: "crm",
  tool: "find",
  total: 5,
  votes: votes(3, 1, 1, 0),
  roles: [
    { role: "Sales", total: 4, votes: votes(3, 1, 0, 0) },
    { role: "none", total: 1, votes: votes(0, 0, 1, 0) },
  ],
};
const WRITE = { server: "crm", tool: "write", total: 1, votes: votes(0, 0, 0, 1), roles: [] };
const NOTE = {
  conversation_id: "s_1",
  call_id: "t_1.0.0",
  at: "2026-03-02T10:00:00.000Z",
  server: "crm",
  tool: "find",
  roles: ["Sales"],
  vote: "wrong",
  note: "It left out Contoso.",
};
const REVIEW = {
  conversation_id: "s_1",
  turn_id: "t_1",
  message_id: "t_1.1",
  call_id: null,
  at: "2026-03-02T10:00:00.000Z",
  roles: ["Sales"],
  vote: "down",
  note: "Wrong sum.",
  review: "/api/manage/feedback/votes/answer-feedback.2026-03/vote.1/review",
  reviewed: null as object | null,
};
const TURN = {
  waited_ms: 0,
  ms: 2500,
  status: "completed",
  error: null,
  usage: usage(1200, 34, 0),
  steps: [],
  manifests: [{ manifest_id: "x", prompt: "coach.sales", prompt_version: "v7", tools: 3 }],
};

const admin = new AdminPlace();

describe("the page of tool feedback", () => {
  it("counts by tool and role, and tells the reasons for one tool", async () => {
    admin.http.on("GET", /^\/manage\/tool-feedback/, () => ({ tools: [WRITE, FIND], notes: [] }));
    admin.http.on("GET", /server=crm&tool=find$/, () => ({ tools: [FIND], notes: [NOTE] }));
    await admin.open("tools");
    expect(lines("tools-table").map((row) => row.slice(0, 7))).toEqual([
      ["Tool", "Server", "Votes▼", "Useful", "Wrong", "Slow", "Unsafe"],
      ["find", "crm", "5", "3", "1", "1", "0"],
      ["write", "crm", "1", "0", "0", "0", "1"],
    ]);
    fireEvent.change(screen.getByLabelText("Role"), { target: { value: "Sales" } });
    await settle();
    expect(lines("tools-table")[1]?.slice(0, 5)).toEqual(["find", "crm", "4", "3", "1"]);
    expect(lines("tools-table")).toHaveLength(2);
    await click(screen.getByRole("button", { name: "Reasons for find" }));
    expect(document.activeElement?.textContent).toBe("Reasons for find");
    expect(lines("tool-roles").map(([role]) => role)).toEqual(["Role", "Sales", "No role"]);
    expect(screen.getByTestId("tool-note").textContent).toContain("It left out Contoso.Wrong · ");
    expect(window.location.search).toContain("server=crm&tool=find");
    await click(screen.getByText("Close"));
    expect(screen.queryByTestId("tool-reasons")).toBeNull();
  });

  it("says that nobody judged anything", async () => {
    admin.http.on("GET", /^\/manage\/tool-feedback/, () => ({ tools: [], notes: [] }));
    await admin.open("tools");
    expect(screen.getByRole("status").textContent).toBe("Nobody has judged a tool call in these days.");
  });
});

describe("the page of prompt versions", () => {
  const label = { moved_by: "ops", moved_at: "2026-03-01T08:00:00.000Z" };

  it("tells labels, what is in use, votes, and that a prompt could not be refreshed", async () => {
    admin.http.on("GET", /^\/manage\/prompts$/, () => ({
      label: "production",
      prompts: [
        {
          name: "coach",
          versions: ["v1", "v2", "v3", "v0"],
          labels: [
            { label: "production", version: "v2", previous: "v1", ...label },
            { label: "staging", version: "v3", previous: null, ...label },
          ],
          in_use: "v2",
          degraded: true,
        },
      ],
    }));
    const voted = { vote: "up", count: 4 };
    admin.http.on("GET", /^\/manage\/feedback\?/, () => ({
      answers: [{ prompt: "coach", prompt_version: "v2", total: 4, votes: [voted] }],
    }));
    await admin.open("prompts");
    const prompt = screen.getByTestId("prompt");
    expect(prompt.textContent).toContain("could not be refreshed");
    expect(prompt.textContent).toContain("1 other versionv0");
    expect(lines("prompt-versions")).toEqual([
      ["Version", "Label▼", "In use", "Good answers", "Bad answers"],
      ["v3", "staging", "", "0", "0"],
      ["v2", "production", "in use", "4", "0"],
      ["v1", "", "", "0", "0"],
    ]);
  });

  it("says that none is stored", async () => {
    admin.http.on("GET", /^\/manage\/prompts$/, () => ({ label: "production", prompts: [] }));
    admin.http.on("GET", /^\/manage\/feedback\?/, () => ({ answers: [] }));
    await admin.open("prompts");
    expect(screen.getByRole("status").textContent).toBe("No prompt is stored.");
  });
});

describe("the page of reviews", () => {
  it("shows how the turn went, and what is done leaves the queue", async () => {
    let queue = [REVIEW];
    admin.http.on("GET", /^\/manage\/feedback\/reviews\?/, () => ({ reviews: queue }));
    admin.http.on("GET", /^\/manage\/feedback\/reviews\/s_1\/t_1$/, () => TURN);
    admin.http.on("PUT", /^\/manage\/feedback\/votes\/answer-feedback.2026-03\/vote.1\/review$/, () => {
      queue = [];
      return {};
    });
    await admin.open("reviews");
    const review = screen.getByTestId("review");
    expect(review.textContent).toContain("Bad answer");
    expect(review.textContent).toContain("Wrong sum.");
    const how = within(review).getByRole("button", { name: "How the turn went" });
    await click(how);
    expect(how.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByTestId("review-turn").textContent).toContain(
      "Prompt coach.sales, version v7; 3 tools",
    );
    await click(within(review).getByText("Mark as done"));
    fireEvent.change(screen.getByLabelText("What came of it"), {
      target: { value: " The CRM was behind. " },
    });
    await click(within(review).getByText("Mark as done"));
    expect(admin.http.sent("PUT")[0]?.[1]).toEqual({ note: "The CRM was behind." });
    expect(screen.queryByTestId("review")).toBeNull();
    expect(document.activeElement?.textContent).toBe("Everything of these days is done.");
  });

  it("shows what is done when that is wished for, and takes it up again", async () => {
    const reviewed = { at: REVIEW.at, by: "Dana", note: "Fixed." };
    admin.http.on("GET", /^\/manage\/feedback\/reviews\?/, () => ({ reviews: [] }));
    admin.http.on("GET", /done=true$/, () => ({ reviews: [{ ...REVIEW, reviewed }] }));
    admin.http.on("DELETE", /\/vote.1\/review$/, () => ({}));
    await admin.open("reviews");
    expect(screen.getByText("Everything of these days is done.")).toBeTruthy();
    await click(screen.getByLabelText("Show what is done, too"));
    expect(screen.getByTestId("review").textContent).toMatch(/Done by Dana, .*: Fixed\./);
    await click(screen.getByText("Take it up again"));
    expect(admin.http.sent("DELETE")).toHaveLength(1);
  });

  it("keeps what was typed when it could not be stored", async () => {
    admin.http.on("GET", /^\/manage\/feedback\/reviews\?/, () => ({ reviews: [REVIEW] }));
    admin.http.on("PUT", /./, () => Promise.reject(refusal("store_unavailable", "Try again soon.", true)));
    await admin.open("reviews");
    await click(screen.getByText("Mark as done"));
    fireEvent.change(screen.getByLabelText("What came of it"), { target: { value: "Fixed." } });
    await click(screen.getByText("Mark as done"));
    expect(screen.getByRole("alert").textContent).toBe("Try again soon.");
    expect(screen.getByLabelText<HTMLTextAreaElement>("What came of it").value).toBe("Fixed.");
  });
});

describe("the page of security events", () => {
  const event = (second: number, kind: string, who = "t.ada") => ({
    at: `2026-03-02T10:00:0${second}.000Z`,
    kind,
    principal: who,
    detail: `looked ${second}`,
  });

  it("lists a day, goes on with older ones, and filters by kind and by who it was", async () => {
    admin.http.on("GET", /^\/manage\/security\?day=2026-03-02$/, () => ({
      events: [event(2, "admin_access"), event(1, "something_new")],
      names: { "t.ada": "Ada Winter" },
      next: "e1",
    }));
    admin.http.on("GET", /before=e1$/, () => ({
      events: [event(0, "access_refused", "t.ben")],
      names: {},
      next: null,
    }));
    admin.http.on("GET", /person=t.ben$/, () => ({
      events: [event(0, "access_refused", "t.ben")],
      next: null,
    }));
    admin.http.on("GET", /kind=admin_access&person=t.ben$/, () => ({ events: [], names: {}, next: null }));
    await admin.open("security", "day=2026-03-02");
    expect(lines("security-table").slice(1)).toEqual([
      ["10:00:02", "Administrator looked", "Ada Winter", "looked 2"],
      ["10:00:01", "something_new", "Ada Winter", "looked 1"],
    ]);
    await click(screen.getByText("Show older"));
    expect(lines("security-table")).toHaveLength(4);
    expect(screen.queryByText("Show older")).toBeNull();
    await click(screen.getByRole("button", { name: "Only of t.ben" }));
    expect(lines("security-table")).toHaveLength(2);
    expect(screen.getByLabelText<HTMLInputElement>("Who").value).toBe("t.ben");
    fireEvent.change(screen.getByLabelText("Kind"), { target: { value: "admin_access" } });
    await settle();
    expect(screen.getByRole("status").textContent).toBe("There are no such events on this day.");
    expect(window.location.search).toBe("?day=2026-03-02&who=t.ben&kind=admin_access");
  });
});

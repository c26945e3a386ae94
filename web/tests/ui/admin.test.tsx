import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { refusal } from "../../dev/fake-groups";
import { AdminLink } from "../../src/ui/admin/AdminLink";
import { adminRoute, followAddress, go } from "../../src/ui/route";
import { AdminPlace, click, lines, settle, usage } from "./adminPlace";

const drawn = vi.hoisted(() => vi.fn());
vi.mock("vega-embed", () => ({ default: drawn }));

const ADA = { name: "t.ada", turns: 2, usage: usage(1200, 300, 2_500_000) };
const BEN = { name: "t.ben", turns: 9, usage: usage(50, 5, 10_000) };
const ALL = { name: "large", turns: 11, usage: usage(1250, 305, 2_510_000) };
const USAGE = {
  currency: "EUR",
  names: { "t.ada": "Ada Winter" },
  lines: [],
  teams: [{ ...ALL, name: "North" }],
  people: [ADA, BEN],
  models: [ALL],
};

const admin = new AdminPlace();

beforeEach(() => {
  drawn.mockResolvedValue({ finalize: vi.fn() });
});

describe("the administration", () => {
  it("is linked for administrators alone, and opened by the link", async () => {
    const navigated = vi.fn();
    const auth = new FakeAuth();
    const view = render(<AdminLink auth={auth} onNavigate={navigated} />);
    await settle();
    expect(screen.queryByTestId("admin-link")).toBeNull();
    view.unmount();
    auth.token = () => Promise.resolve(`x.${btoa(JSON.stringify({ roles: ["Admin"] }))}.y`);
    render(<AdminLink auth={auth} onNavigate={navigated} />);
    await settle();
    await click(screen.getByTestId("admin-link"));
    expect(window.location.pathname).toBe("/admin");
    expect(adminRoute.get()).toEqual({ page: "", query: "" });
    expect(navigated).toHaveBeenCalledOnce();
    expect(screen.getByTestId("admin-link").getAttribute("aria-current")).toBe("page");
  });

  it("has an address for each page, which keeps the days, and is left by going elsewhere", async () => {
    admin.http.on("GET", /./, () => ({ ...USAGE, reviews: [], tools: [], notes: [] }));
    await admin.open("usage", "from=2026-03-01&to=2026-03-02&by=teams");
    await click(screen.getByRole("link", { name: "Reviews" }));
    expect(window.location.pathname + window.location.search).toBe(
      "/admin/reviews?from=2026-03-01&to=2026-03-02",
    );
    expect(screen.getByRole("heading", { level: 2 }).textContent).toBe("Reviews");
    expect(screen.getByRole("link", { name: "Reviews" }).getAttribute("aria-current")).toBe("page");
    window.history.replaceState(null, "", "/admin/nonsense");
    act(followAddress);
    await settle();
    expect(screen.getByTestId("admin-page").dataset.page).toBe("usage");
    act(() => {
      go("s_1");
    });
    expect(screen.queryByTestId("admin-page")).toBeNull();
  });

  it("tells that it reads, why it cannot, and tries again", async () => {
    let answer: () => unknown = () => new Promise(() => undefined);
    admin.http.on("GET", /./, () => answer());
    await admin.open("usage");
    expect(screen.getByRole("status").textContent).toBe("Reading…");
    answer = () => Promise.reject(refusal("store_unavailable", "The store is away.", true));
    await click(screen.getByText("Last 7 days"));
    expect(screen.getByRole("alert").textContent).toContain("The store is away.");
    expect(screen.queryByText("Reading…")).toBeNull();
    answer = () => ({ ...USAGE, people: [], models: [] });
    await click(screen.getByText("Try again"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("Nothing was used in these days.")).toBeTruthy();
  });

  it("tells who may not look at it why, and the way back, and nothing else", async () => {
    admin.http.on("GET", /./, () => Promise.reject(refusal("forbidden", "This needs the role Admin.")));
    await admin.open("usage");
    expect(screen.getByRole("alert").textContent).toContain("This needs the role Admin.");
    expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["New chat"]);
    expect(screen.queryAllByRole("link")).toEqual([]);
    await click(screen.getByText("New chat"));
    expect(adminRoute.get()).toBeNull();
  });
});

describe("the page of usage", () => {
  beforeEach(() => {
    admin.http.on("GET", /^\/manage\/usage\?since=2026-03-01&until=2026-03-02$/, () => USAGE);
  });

  it("shows each person, the total, and the same as bars, and puts it in another order", async () => {
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    expect(lines("usage-table")).toEqual([
      ["Person", "Turns", "Tokens read▼", "From the cache", "Tokens written", "Cost (EUR)"],
      ["Ada Winter", "2", "1,200", "1", "300", "2.5"],
      ["t.ben", "9", "50", "1", "5", "0.01"],
      ["Total", "11", "1,250", "1", "305", "2.51"],
    ]);
    expect(screen.getByTestId("usage-total").textContent).toBe("11 turns, 1,555 tokens, cost EUR\u00a02.51");
    const chart = within(screen.getByTestId("usage-chart")).getByRole("img");
    expect(chart.getAttribute("aria-label")).toBe(
      "Bar chart: Tokens by person. Ada Winter: 1,500; t.ben: 55.",
    );
    const [, spec, options] = drawn.mock.lastCall as [
      unknown,
      { data: { values: unknown }; height: number },
      { config: { axis: { labelColor: string; gridColor: string }; view: { stroke: string } } },
    ];
    // A colour that was looked up once would stay when the theme changes.
    expect(options.config.axis).toMatchObject({ labelColor: "currentColor", gridColor: "var(--border)" });
    expect(options.config.view.stroke).toBe("var(--border)");
    expect(spec.height).toBe(40);
    expect(spec.data.values).toEqual([
      { c0: "Ada Winter", c1: 1500 },
      { c0: "t.ben", c1: 55 },
    ]);
    await click(screen.getByRole("button", { name: "Turns" }));
    expect(lines("usage-table")[1]?.[0]).toBe("t.ben");
    const head = screen.getByRole("columnheader", { name: "Turns" });
    expect(head.getAttribute("aria-sort")).toBe("descending");
    await click(screen.getByRole("button", { name: "Turns" }));
    expect(lines("usage-table")[1]?.[0]).toBe("Ada Winter");
    expect(head.getAttribute("aria-sort")).toBe("ascending");
  });

  it("sums up by team, which the address tells, without asking anew", async () => {
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    fireEvent.change(screen.getByLabelText("By"), { target: { value: "teams" } });
    await settle();
    expect(lines("usage-table").map(([name]) => name)).toEqual(["Team", "North", "Total"]);
    expect(window.location.search).toContain("by=teams");
    expect(admin.http.asked).toHaveLength(1);
  });

  it("asks for other days only once they are sent", async () => {
    admin.http.on("GET", /until=2026-03-09$/, () => ({ ...USAGE, people: [ADA] }));
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    fireEvent.change(screen.getByLabelText("To"), { target: { value: "2026-03-09" } });
    await settle();
    expect(admin.http.asked).toHaveLength(1);
    await click(screen.getByText("Show"));
    expect(admin.http.asked.at(-1)?.path).toBe("/manage/usage?since=2026-03-01&until=2026-03-09");
    expect(window.location.search).toBe("?from=2026-03-01&to=2026-03-09");
  });

  it.each([
    ["2024-01-01", "2026-03-02", "Choose at most 401 days, both included."],
    ["2026-03-02", "2026-03-01", "The first day comes behind the last."],
    ["2026-03-02", "", "Both days have to be named."],
  ])("says what is wrong with the days from %s to %s instead of asking for them", async (from, to, why) => {
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    fireEvent.change(screen.getByLabelText("From"), { target: { value: from } });
    fireEvent.change(screen.getByLabelText("To"), { target: { value: to } });
    await click(screen.getByText("Show"));
    expect(screen.getByRole("alert").textContent).toBe(why);
    expect(screen.queryByTestId("usage-total")).toBeNull();
    expect(admin.http.asked).toHaveLength(1);
    fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-03-01" } });
    fireEvent.change(screen.getByLabelText("To"), { target: { value: "2026-03-02" } });
    await click(screen.getByText("Show"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByTestId("usage-total")).toBeTruthy();
  });

  it("lets nobody choose days there is nothing for, and shows no figures of others when reading fails", async () => {
    admin.http.on("GET", /until=2026-03-09$/, () => Promise.reject(refusal("store_unavailable")));
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    const [from, to] = ["From", "To"].map((label) => screen.getByLabelText<HTMLInputElement>(label));
    expect([from?.max, to?.min, to?.max]).toEqual(["2026-03-02", "2026-03-01", "2027-04-05"]);
    fireEvent.change(screen.getByLabelText("To"), { target: { value: "2026-03-09" } });
    await click(screen.getByText("Show"));
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(screen.queryByTestId("usage-total")).toBeNull();
  });

  it("can be taken away as CSV", async () => {
    const saved = vi.fn();
    vi.stubGlobal("Blob", saved);
    vi.stubGlobal("URL", { createObjectURL: () => "blob:x", revokeObjectURL: vi.fn() });
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await admin.open("usage", "from=2026-03-01&to=2026-03-02");
    await click(screen.getByTestId("usage-csv"));
    vi.unstubAllGlobals();
    expect((clicked.mock.contexts[0] as HTMLAnchorElement).download).toBe(
      "usage-people-2026-03-01-2026-03-02.csv",
    );
    expect(saved.mock.calls[0]?.[0]).toEqual([
      "Person,Turns,Tokens read,From the cache,Tokens written,Cost (EUR)\r\n" +
        "Ada Winter,2,1200,1,300,2.5\r\nt.ben,9,50,1,5,0.01\r\n",
    ]);
  });
});

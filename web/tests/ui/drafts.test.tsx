import { fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { refusal } from "../../dev/fake-groups";
import { go } from "../../src/ui/route";
import { CardPage } from "./cardPage";

const page = new CardPage();
const updatedAt = new Date().toISOString();

// The page loads it with the first summary; here it is there already, so that no test waits for it.
beforeAll(() => import("../../src/ui/SummaryPanel"));

beforeEach(() => {
  const sessions = ["s_7", "s_8"].map((sessionId) => ({
    sessionId,
    title: sessionId,
    updatedAt,
    pinned: false,
  }));
  page.server.page = { sessions, next: null };
});

async function visit(sessionId: string | null): Promise<void> {
  go(sessionId);
  await page.settle(300);
}

function write(text: string): void {
  fireEvent.change(page.box, { target: { value: text } });
}

describe("what is begun to be written", () => {
  it("is shown in its conversation only, and is gone once it was sent", async () => {
    await page.show();
    write("for a new chat");
    await visit("s_7");
    expect(page.box.value).toBe("");
    write("for the seventh");
    await visit("s_8");
    expect(page.box.value).toBe("");
    await visit("s_7");
    expect(page.box.value).toBe("for the seventh");
    await page.ask("for the seventh, sent");
    expect(page.box.value).toBe("");
    await visit(null);
    expect(page.box.value).toBe("for a new chat");
    await visit("s_7");
    expect(page.box.value).toBe("");
  });
});

describe("the connection", () => {
  it("is worth a word after two seconds without it, which goes when it is back", async () => {
    await page.show();
    page.server.down = true;
    page.server.drop();
    await page.settle(1_900);
    expect(screen.queryByTestId("away")).toBeNull();
    await page.settle(200);
    const told = screen.getByTestId("away");
    expect(told.closest("[role=status]")).not.toBeNull();
    expect(told.textContent).toMatch(/go on .*writing/);
    page.server.down = false;
    await page.settle(20_000);
    expect(screen.queryByTestId("away")).toBeNull();
    expect(screen.getByText("The connection is back.").closest("[role=status]")).not.toBeNull();
  });

  it("that is back within two seconds is not spoken of", async () => {
    await page.show();
    page.server.drop();
    await page.settle(10_000);
    expect(screen.getByTestId("connection-state").dataset.state).toBe("connected");
    expect(screen.queryByTestId("away")).toBeNull();
    expect(screen.queryByText("The connection is back.")).toBeNull();
  });
});

describe("a summary on demand", () => {
  const told = {
    from_seq: 1,
    through_seq: 9,
    messages: 4,
    earlier: 0,
    written: true,
    points: [{ text: "They looked at Contoso.", messages: ["m1", "m2"] }],
    names: [],
    numbers: [{ text: "Proposal: 226,500.", messages: ["m2"] }],
    commitments: [],
    open_questions: [],
  };

  async function open(): Promise<HTMLElement> {
    HTMLDialogElement.prototype.showModal = vi.fn();
    await page.show();
    await page.settle(300);
    const [entry] = screen.getAllByTestId("session-summarise");
    if (entry) fireEvent.click(entry);
    await vi.waitFor(async () => {
      await page.settle(300);
      screen.getByTestId("summary-again");
    }, 5_000);
    return screen.getByTestId("summary-dialog");
  }

  it("tells lines by topic, with the messages they rest on, and can be copied", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    page.server.http.on("POST", /^\/sessions\/s_7\/summary$/, () => told);
    const dialog = within(await open());
    expect(dialog.getByTestId("summary-state").textContent).toBe("4 messages up to now.");
    expect(dialog.getByTestId("summary-numbers").textContent).toContain("Proposal: 226,500.");
    expect(dialog.queryByTestId("summary-names")).toBeNull();
    const links = dialog.getAllByTestId("summary-source").map((link) => link.getAttribute("href"));
    expect(links).toEqual(["/s/s_7#m1", "/s/s_7#m2", "/s/s_7#m2"]);
    fireEvent.click(dialog.getByLabelText("Copy the summary"));
    expect(writeText).toHaveBeenCalledWith(
      "## What it was about, and what was decided\n- They looked at Contoso.\n\n## Numbers\n- Proposal: 226,500.",
    );
    expect(page.server.http.sent("POST")).toEqual([["/sessions/s_7/summary", { from_seq: 1 }]]);
  });

  it("says why there is none, and can be asked for again", async () => {
    page.server.http.on("POST", /^\/sessions\/s_7\/summary$/, () => {
      throw refusal("budget_exhausted", "Your budget is used up until tomorrow.");
    });
    const dialog = within(await open());
    expect(dialog.getByRole("alert", { hidden: true }).textContent).toBe(
      "Your budget is used up until tomorrow.",
    );
    expect(dialog.queryByLabelText("Copy the summary")).toBeNull();
    page.server.http.on("POST", /^\/sessions\/s_7\/summary$/, () => ({
      ...told,
      written: false,
      points: [],
      numbers: [],
    }));
    fireEvent.click(dialog.getByTestId("summary-again"));
    await page.settle();
    expect(dialog.getByTestId("summary-state").textContent).toContain("could not be written this time");
  });
});

import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { go } from "../../src/ui/route";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();
const updatedAt = new Date().toISOString();

beforeEach(() => {
  page.server.page = {
    sessions: [
      { sessionId: "s_7", title: "Fabrikam", updatedAt: "2020-01-01T00:00:00Z", pinned: true },
      { sessionId: "s_8", title: "Contoso", updatedAt, pinned: false },
    ],
    next: null,
  };
});

async function listed(): Promise<void> {
  await page.show();
  await page.settle(300);
}

/** Choose in the menu of a session. */
async function choose(at: number, entry: string): Promise<void> {
  const button = screen.getAllByTestId(`session-${entry}`)[at];
  if (button) fireEvent.click(button);
  await page.settle(300);
}

it("lists pinned sessions on top, and pins and unpins", async () => {
  await listed();
  expect(screen.getAllByRole("heading", { level: 2 }).map((heading) => heading.textContent)).toEqual(
    expect.arrayContaining(["Pinned", "Today"]),
  );
  await choose(0, "pin");
  await choose(1, "pin");
  expect(page.server.changes).toEqual([
    ["s_7", { pinned: false }],
    ["s_8", { pinned: true }],
  ]);
});

it("renames by Enter, and leaves the title on Escape or when it is the same", async () => {
  await listed();
  await choose(1, "rename");
  const box = screen.getByLabelText("New title");
  expect(document.activeElement).toBe(box);
  fireEvent.change(box, { target: { value: " Contoso renewal " } });
  fireEvent.submit(box);
  await page.settle();
  await choose(1, "rename");
  fireEvent.keyDown(screen.getByLabelText("New title"), { key: "Escape" });
  await choose(1, "rename");
  fireEvent.submit(screen.getByLabelText("New title"));
  await page.settle();
  expect(page.server.changes).toEqual([["s_8", { title: "Contoso renewal" }]]);
});

it("deletes only after a second word, and leaves a session that is gone", async () => {
  go("s_8", { replace: true });
  await listed();
  await choose(1, "delete");
  expect(page.server.changes).toEqual([]);
  expect(texts("session-delete")).toEqual(["Delete", "Delete for good?"]);
  await choose(1, "delete");
  expect(page.server.changes).toEqual([["s_8", "deleted"]]);
  expect(texts("session-item")).toEqual(["Fabrikam"]);
  expect(window.location.pathname).toBe("/");
});

it("forgets the first word when a person goes elsewhere before the second", async () => {
  await listed();
  await choose(1, "delete");
  fireEvent.blur(screen.getByText("Delete for good?"), { relatedTarget: page.box });
  await choose(1, "delete");
  expect(page.server.changes).toEqual([]);
});

it("saves a session as Markdown and as JSON", async () => {
  const urls = { createObjectURL: vi.fn(() => "blob:x"), revokeObjectURL: vi.fn() };
  vi.stubGlobal("URL", Object.assign(URL, urls));
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  const asked = vi.spyOn(page.server, "exportSession");
  await listed();
  await choose(1, "export-markdown");
  await choose(1, "export-json");
  expect(asked.mock.calls).toEqual([
    ["s_8", "markdown"],
    ["s_8", "json"],
  ]);
  expect(saved).toEqual(["Contoso.md", "Contoso.json"]);
});

it("puts a session aside and shows what was put aside", async () => {
  const asked = vi.spyOn(page.server, "sessions");
  await listed();
  await choose(0, "archive");
  expect(page.server.changes).toEqual([["s_7", { archived: true }]]);
  await page.click("archive-toggle");
  expect(asked).toHaveBeenLastCalledWith(null, true);
  await choose(0, "archive");
  expect(page.server.changes.at(-1)).toEqual(["s_7", { archived: false }]);
});

it.each(["pin", "archive", "rename"])(
  "says that it could not %s a session, which stays as it is",
  async (entry) => {
    const older = { sessionId: "s_1", title: "Woodgrove", updatedAt: "2019-01-01T00:00:00Z", pinned: false };
    const sessions = vi.spyOn(page.server, "sessions");
    sessions.mockResolvedValueOnce({ ...page.server.page, sessions: [...page.server.page.sessions, older] });
    page.server.page = { ...page.server.page, next: "older" };
    await listed();
    const before = texts("session-item");
    expect(before).toContain("Woodgrove");
    page.server.down = true;
    await choose(2, entry);
    if (entry === "rename") {
      fireEvent.change(screen.getByLabelText("New title"), { target: { value: "Another" } });
      fireEvent.submit(screen.getByLabelText("New title"));
      await page.settle(300);
    }
    expect(screen.getByRole("alert").textContent).toContain("Away.");
    expect(texts("session-item")).toEqual(before);
  },
);

it("reads the list anew when another device changed it", async () => {
  await listed();
  page.server.page = { sessions: [], next: null };
  page.server.send({ type: "list.updated", conversation_id: "s_8", at: "", change: "deleted" });
  await page.settle(300);
  expect(texts("session-item")).toEqual([]);
});

import { fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { memoryEntry } from "../../dev/fake-memory";
import { ApiError } from "../../src/core/codes";
import { CardPage, cardState, write } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();
const FACT = memoryEntry("me_1", { kind: "fact", text: "I sell to hospitals." }, "coach");
const WISH = memoryEntry("me_2", { kind: "instruction", text: "Be brief." });

beforeEach(() => {
  // Showing it over everything else is the browser's part, which jsdom has not.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
});

async function opened(): Promise<void> {
  page.server.changeElsewhere({ entries: [FACT, WISH] });
  await page.show();
  await page.click("memory");
}

const dialog = () => within(screen.getByRole("dialog", { name: "Memory" }));
const adding = () => within(screen.getByRole("form", { name: "Add a note" }));
const said = () => screen.getByTestId("memory-said").textContent;

async function press(name: string | RegExp): Promise<void> {
  fireEvent.click(dialog().getByRole("button", { name }));
  await page.settle();
}

it("is off at first, says what that means, and is switched", async () => {
  await opened();
  const control = screen.getByRole<HTMLInputElement>("switch", { name: "Let the coach use my memory" });
  expect(control.checked).toBe(false);
  const note = () => document.getElementById(control.getAttribute("aria-describedby") ?? "")?.textContent;
  expect(note()).toContain("told none of these notes");
  fireEvent.click(control);
  await page.settle();
  expect(page.server.kept.enabled).toBe(true);
  expect(control.checked).toBe(true);
  expect(note()).toContain("nothing is stored without your yes");
  expect(said()).toBe("Your memory is on.");
});

it("lists what is kept and whose words it is", async () => {
  await opened();
  const [fact, wish] = texts("memory-entry");
  expect(fact).toContain("About you · the coach’s words, allowed by you");
  expect(wish).toContain("How to answer · your words");
});

it("takes a new note, and is ready for the next", async () => {
  await opened();
  const box = adding().getByLabelText<HTMLTextAreaElement>("What to remember");
  expect(adding().getByTestId<HTMLButtonElement>("add-entry").disabled).toBe(true);
  fireEvent.change(box, { target: { value: "  My quota is a million.  " } });
  fireEvent.submit(box);
  await page.settle();
  expect(page.server.kept.entries.at(-1)).toMatchObject({ kind: "fact", text: "My quota is a million." });
  expect([box.value, said(), texts("memory-entry").length]).toEqual(["", "The note was added.", 3]);
  expect(document.activeElement).toBe(box);
});

it("takes a note while it is being switched, and takes it once however often Add is pressed", async () => {
  await opened();
  let answer: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  vi.spyOn(page.server, "switchMemory").mockReturnValueOnce(held);
  fireEvent.click(screen.getByRole("switch"));
  await page.settle();
  fireEvent.change(adding().getByLabelText("What to remember"), {
    target: { value: "My quota is a million." },
  });
  fireEvent.click(adding().getByTestId("add-entry"));
  fireEvent.click(adding().getByTestId("add-entry"));
  await page.settle();
  expect(texts("memory-entry")).toHaveLength(2);
  answer?.();
  await page.settle();
  expect(page.server.kept.entries.slice(2).map(({ text }) => text)).toEqual(["My quota is a million."]);
  expect(adding().getByLabelText<HTMLTextAreaElement>("What to remember").value).toBe("");
});

it("does not send what is longer than a note may be, and says so", async () => {
  await opened();
  const box = adding().getByLabelText("What to remember");
  fireEvent.change(box, { target: { value: "𝒙".repeat(501) } });
  expect(adding().getByText("501 of 500 characters").id).toBe(box.getAttribute("aria-describedby"));
  expect(box.getAttribute("aria-invalid")).toBe("true");
  fireEvent.submit(box);
  await page.settle();
  expect(page.server.kept.entries).toHaveLength(2);
  fireEvent.change(box, { target: { value: "𝒙".repeat(500) } });
  expect(box.getAttribute("aria-invalid")).toBe("false");
});

it("says a note in other words; Escape leaves it, and the drawer and the dialog open", async () => {
  await opened();
  await press("Edit the note: Be brief.");
  const editor = () => within(screen.getByRole("form", { name: "Edit the note: Be brief." }));
  const box = editor().getByLabelText<HTMLTextAreaElement>("What to remember");
  expect(document.activeElement).toBe(box);
  fireEvent.change(box, { target: { value: "Never mind" } });
  expect(fireEvent.keyDown(box, { key: "Escape" })).toBe(false);
  expect(document.activeElement?.textContent).toBe("Notes");
  await press("Edit the note: Be brief.");
  fireEvent.change(editor().getByLabelText("What to remember"), { target: { value: "Be very brief." } });
  fireEvent.change(editor().getByLabelText("This is"), { target: { value: "fact" } });
  fireEvent.click(screen.getByTestId("save-entry"));
  await page.settle();
  expect(page.server.kept.entries[1]).toMatchObject({ kind: "fact", text: "Be very brief." });
  expect([said(), document.activeElement?.textContent]).toEqual(["The note was changed.", "Notes"]);
});

it("deletes only after a second word, which losing focus takes back", async () => {
  await opened();
  await press("Delete the note: Be brief.");
  fireEvent.blur(dialog().getByRole("button", { name: "Delete for good: Be brief." }));
  await press("Delete the note: Be brief.");
  expect(page.server.kept.entries).toHaveLength(2);
  await press("Delete for good: Be brief.");
  expect(page.server.kept.entries).toEqual([FACT]);
  expect([said(), document.activeElement?.textContent]).toEqual(["The note was deleted.", "Notes"]);
});

it("keeps what is typed when the memory was changed elsewhere, and shows it as it is now", async () => {
  await opened();
  await press("Edit the note: Be brief.");
  const editor = () => within(screen.getByRole("form", { name: "Edit the note: Be brief." }));
  fireEvent.change(editor().getByLabelText("What to remember"), { target: { value: "Be kind." } });
  page.server.changeElsewhere({ entries: [WISH] });
  fireEvent.click(screen.getByTestId("save-entry"));
  await page.settle();
  expect(screen.getByTestId("memory-problem").textContent).toContain("changed elsewhere");
  expect(texts("memory-entry")).toEqual([]);
  expect(editor().getByLabelText<HTMLTextAreaElement>("What to remember").value).toBe("Be kind.");
  fireEvent.click(screen.getByTestId("save-entry"));
  await page.settle();
  expect(page.server.kept.entries[0]).toMatchObject({ text: "Be kind." });
  expect(screen.queryByTestId("memory-problem")).toBeNull();
});

it("moves what was typed for a note that is gone to where a new one is written", async () => {
  await opened();
  await press("Edit the note: Be brief.");
  const form = within(screen.getByRole("form", { name: "Edit the note: Be brief." }));
  fireEvent.change(form.getByLabelText("What to remember"), { target: { value: "Be kind." } });
  page.server.changeElsewhere({ entries: [FACT] });
  fireEvent.click(screen.getByTestId("save-entry"));
  await page.settle();
  expect(screen.queryByRole("form", { name: "Edit the note: Be brief." })).toBeNull();
  expect(adding().getByLabelText<HTMLTextAreaElement>("What to remember").value).toBe("Be kind.");
  expect(adding().getByLabelText<HTMLSelectElement>("This is").value).toBe("instruction");
});

it("says why it cannot be read, and tries again", async () => {
  const away = new ApiError(503, {
    code: "store_unavailable",
    message: "Away for a moment.",
    retryable: true,
  });
  vi.spyOn(page.server, "memory").mockRejectedValueOnce(away);
  await opened();
  expect(screen.getByTestId("memory-problem").textContent).toBe("Away for a moment.");
  await press("Try again");
  expect(texts("memory-entry")).toHaveLength(2);
});

it("says why a note is not stored, and keeps it in the box", async () => {
  await opened();
  page.server.changeElsewhere({ limits: { entries: 2, characters: 500 } });
  await page.click("memory");
  const box = adding().getByLabelText<HTMLTextAreaElement>("What to remember");
  fireEvent.change(box, { target: { value: "One more." } });
  fireEvent.submit(box);
  await page.settle();
  expect(screen.getByTestId("memory-problem").textContent).toContain("The memory is full");
  expect([box.value, said()]).toEqual(["One more.", ""]);
});

const PROPOSED = { kind: "fact", text: "I sell to hospitals." };
const CARD = {
  server: "",
  tool: "remember",
  message: "Remember this?",
  arguments: JSON.stringify(PROPOSED),
  schema: '{"type":"object"}',
};

it("shows on a card what the coach wants to remember, and sends it as it stands there", async () => {
  await page.waitingFor("approval", CARD);
  expect(screen.getByRole("heading", { name: "A note for your memory" })).toBeTruthy();
  expect(screen.getByLabelText<HTMLTextAreaElement>("What to remember").value).toBe(PROPOSED.text);
  write("What to remember", "");
  expect(screen.getByTestId<HTMLButtonElement>("approve").disabled).toBe(true);
  write("What to remember", " I sell to clinics. ");
  write("This is", "instruction");
  await page.click("approve");
  expect(page.answers().map(({ answer, arguments: sent }) => [answer, sent])).toEqual([
    ["approve", { kind: "instruction", text: "I sell to clinics." }],
  ]);
});

it("lets the person say no", async () => {
  await page.waitingFor("approval", CARD);
  await page.click("deny");
  expect(page.answers().map(({ answer, arguments: sent }) => [answer, sent])).toEqual([["deny", undefined]]);
  expect(cardState()).toBe("denied");
});

import { act, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { chooseLanguage } from "../../src/ui/languages/language";
import { CardPage, cardState, write } from "./cardPage";

const page = new CardPage();

describe("an approval", () => {
  it("shows what would be sent, and sends the yes with the note", async () => {
    await page.waitingFor("approval");
    const card = screen.getByTestId("card");
    expect(within(card).getByRole("heading").textContent).toBe("Allow “Send mail”?");
    expect(within(card).getByRole("table").textContent).toContain("Tojan@contoso.example");
    expect(screen.getByTestId("message-coach").dataset.status).toBe("parked");
    expect(screen.getByTestId("tool-step").textContent).toContain("Waiting for an answer");
    write("Note for the coach (optional)", "go ahead");
    await page.click("approve");
    expect(page.answers()[0]).toMatchObject({ answer: "approve", note: "go ahead" });
    expect(page.answers()[0]).not.toHaveProperty("arguments");
    expect(cardState()).toBe("approved");
    expect(screen.getByTestId("card-decision").textContent).toContain("Approved by Ada Lovelace");
    expect(screen.getByTestId("card").textContent).toContain("Note: go ahead");
    expect(document.activeElement).toBe(screen.getByTestId("card"));
  });

  it("is not given by Enter in the note", async () => {
    await page.waitingFor("approval");
    fireEvent.keyDown(screen.getByTestId("card-note"), { key: "Enter" });
    fireEvent.submit(screen.getByTestId("card-note"));
    await page.settle();
    expect(page.answers()).toEqual([]);
  });

  it("can be denied", async () => {
    await page.waitingFor("approval");
    await page.click("deny");
    expect(page.answers()[0]).toMatchObject({ answer: "deny" });
    expect(screen.getByTestId("card-decision").textContent).toContain("Denied by Ada Lovelace");
  });

  it("can be changed in a form, which says what is wrong and leads there", async () => {
    await page.waitingFor("approval");
    await page.click("edit-arguments");
    write("To", "nobody");
    await page.click("approve");
    const to = screen.getByLabelText("To");
    expect(to.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("This is not an e-mail address.")).toBeTruthy();
    expect(document.activeElement).toBe(to);
    expect(page.answers()).toEqual([]);
    write("To", "eva@contoso.example");
    fireEvent.click(screen.getByLabelText("Urgent"));
    await page.click("approve");
    expect(page.answers()[0]?.arguments).toMatchObject({
      to: "eva@contoso.example",
      subject: "Renewal: our proposal for two years",
      urgent: true,
    });
    expect(screen.getByTestId("card-decision").textContent).toContain("with changes");
  });

  it("can be changed as JSON, and discarded changes leave nothing behind", async () => {
    await page.waitingFor("approval");
    await page.click("edit-arguments");
    write("To", "eva@contoso.example");
    await page.click("raw-toggle");
    const text = screen.getByLabelText<HTMLTextAreaElement>("JSON");
    expect(JSON.parse(text.value)).toMatchObject({ to: "eva@contoso.example" });
    fireEvent.change(text, { target: { value: "[]" } });
    await page.click("approve");
    expect(screen.getByText("This is not a JSON object.")).toBeTruthy();
    fireEvent.change(text, { target: { value: '{"to":"max@contoso.example","more":[1]}' } });
    await page.click("raw-toggle");
    expect(screen.getByLabelText<HTMLInputElement>("To").value).toBe("max@contoso.example");
    await page.click("edit-arguments");
    await page.click("edit-arguments");
    expect(screen.getByLabelText<HTMLInputElement>("To").value).toBe("jan@contoso.example");
  });

  it("changed as JSON says which field is wrong and why before it is sent, in the reader's language", async () => {
    await page.waitingFor("approval");
    await page.click("edit-arguments");
    await page.click("raw-toggle");
    const text = screen.getByLabelText<HTMLTextAreaElement>("JSON");
    fireEvent.change(text, { target: { value: '{"subject":7,"urgent":"yes"}' } });
    await page.click("approve");
    const said = () => [...document.querySelectorAll(".fault p")].map((line) => line.textContent);
    expect(said()).toEqual([
      "“to”: This is needed.",
      "“subject”: This is not a text in quotation marks.",
      "“body”: This is needed.",
      "“urgent”: This is neither true nor false.",
    ]);
    expect(text.getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(text);
    expect(page.answers()).toEqual([]);
    await act(() => chooseLanguage("de"));
    expect(said()[0]).toBe("„to“: Diese Angabe wird benötigt.");
    fireEvent.change(text, { target: { value: '{"to":"max@contoso.example","subject":"","body":""}' } });
    expect(said()).toEqual([]);
    await page.click("approve");
    expect(page.answers()[0]?.arguments).toEqual({ to: "max@contoso.example", subject: "", body: "" });
    await act(() => chooseLanguage("en"));
  });

  it("of somebody else is only shown", async () => {
    await page.waitingFor("approval", { owner: "p2", arguments: null });
    expect(screen.queryByTestId("approve")).toBeNull();
    expect(screen.getByTestId("card").textContent).toContain("Only the person who asked can answer this.");
    expect(screen.getByTestId("card-announcement").textContent).toBe("");
  });
});

describe("a form", () => {
  it("sends what is filled in, and asks for nothing in secret", async () => {
    await page.waitingFor("form");
    expect(screen.getByTestId("card").querySelector("input[type=password]")).toBeNull();
    await page.click("accept");
    expect(screen.getAllByText("This is needed.")).toHaveLength(3);
    write("Seats", "25");
    fireEvent.change(screen.getByLabelText("Term"), { target: { value: "1" } });
    write("Starts on", "2026-02-01");
    fireEvent.click(screen.getByLabelText("Forecast"));
    await page.click("accept");
    expect(page.answers()[0]).toMatchObject({
      answer: "accept",
      values: { quantity: 25, term: "24", starts: "2026-02-01", modules: ["Forecast"], renewal: true },
    });
    expect(screen.getByTestId("card-decision").textContent).toContain("Answered by Ada Lovelace");
  });

  it("can be declined as it is", async () => {
    await page.waitingFor("form");
    await page.click("decline");
    expect(page.answers()[0]).toMatchObject({ answer: "decline" });
    expect(cardState()).toBe("declined");
  });
});

describe("a link", () => {
  it("names its host and opens a tab that knows nothing of this one", async () => {
    await page.waitingFor("url");
    expect(screen.getByTestId("link-host").textContent).toBe("deal-desk.contoso.example");
    const link = screen.getByTestId<HTMLAnchorElement>("open-link");
    expect([link.target, link.rel]).toEqual(["_blank", "noopener noreferrer"]);
    expect(page.answers()).toEqual([]);
    await page.click("accept");
    expect(page.answers()[0]).toMatchObject({ answer: "accept" });
  });

  it("that is no web address is not offered", async () => {
    await page.waitingFor("url", { url: "javascript:alert(1)" });
    expect(screen.queryByTestId("open-link")).toBeNull();
    expect(screen.getByText("The address that was given cannot be opened.")).toBeTruthy();
  });

  it("to sign in leaves it to the app to say that it is done", async () => {
    await page.waitingFor("sign_in");
    expect(screen.getByTestId("open-link").textContent).toBe("Sign in");
    expect(screen.queryByTestId("accept")).toBeNull();
    await page.decidedElsewhere({ outcome: "accepted" });
    expect(cardState()).toBe("accepted");
  });
});

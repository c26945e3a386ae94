import { fireEvent, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Page } from "./page";

const page = new Page();

it("tells what waits for a sign-in from what cannot be reached, and leads to the services", async () => {
  HTMLDialogElement.prototype.showModal = vi.fn();
  await page.running();
  page.server.send({
    type: "tools.updated",
    conversation_id: "s_1",
    at: "",
    tools: [],
    unavailable: ["quotes (needs your sign-in)", "crm (it failed too often)"],
  });
  await page.settle();
  expect(screen.getByTestId("needs-sign-in").textContent).toContain("Needs your sign-in: Quotes.");
  expect(screen.getByText("Not reachable right now: crm (it failed too often)")).toBeTruthy();
  fireEvent.click(screen.getByTestId("connections-needed"));
  await page.settle();
  expect(screen.getByText(/Not signed in yet: Quotes\./)).toBeTruthy();
});

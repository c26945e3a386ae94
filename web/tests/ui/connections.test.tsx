import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "../../src/core/codes";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();

beforeEach(() => {
  // Showing it over everything else is the browser's part, which jsdom has not.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  page.server.connected = [
    { server: "quotes", kind: "oauth", since: "2026-01-01T00:00:00Z" },
    { server: "mail", kind: "on_behalf_of", since: "2026-01-01T00:00:00Z" },
  ];
});

it("lists what one is connected to, and disconnects", async () => {
  await page.show();
  await page.click("connections");
  expect(texts("connection-line")).toHaveLength(2);
  expect(screen.getByRole("dialog").textContent).toContain("With your SalesCoach sign-in since");
  fireEvent.click(screen.getByRole("button", { name: "Disconnect Quotes" }));
  await page.settle();
  expect(page.server.connected.map(({ server }) => server)).toEqual(["mail"]);
  expect(texts("connection-line")).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Disconnect Mail" }));
  await page.settle();
  expect(screen.getByText("You have not signed in to any tool’s service.")).toBeTruthy();
});

it("says when that cannot be done", async () => {
  await page.show();
  await page.click("connections");
  const problem = { code: "store_unavailable", message: "Away for a moment.", retryable: true } as const;
  vi.spyOn(page.server, "disconnect").mockRejectedValue(new ApiError(503, problem));
  fireEvent.click(screen.getByRole("button", { name: "Disconnect Quotes" }));
  await page.settle();
  expect(texts("connection-line")).toHaveLength(2);
  expect(screen.getByText("Away for a moment.")).toBeTruthy();
});

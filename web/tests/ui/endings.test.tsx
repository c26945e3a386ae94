import { screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { asked } from "../../dev/said";
import { chooseLanguage } from "../../src/ui/languages/language";
import { go, goToRoom } from "../../src/ui/route";
import { begun, ended } from "../core/events";
import { Page, texts } from "./page";

const page = new Page();
const MESSAGE = "The content rules of the language model blocked this.";
const FILTERED = {
  status: "failed",
  message_id: null,
  response: MESSAGE,
  error: {
    code: "content_filtered",
    message: MESSAGE,
    fault: "model",
    retryable: false,
    after_ms: null,
    trace_id: null,
  },
} as const;

afterEach(() => chooseLanguage("en"));

/** How often the page says that the answer was filtered. */
function said(reason: RegExp): number {
  const answer = texts("message-coach")[0] ?? "";
  return [...answer.matchAll(reason)].length;
}

it("says once why there is no answer", async () => {
  await page.running();
  await page.end(FILTERED);
  expect(said(/content rules/g)).toBe(1);
  expect(screen.queryByRole("button", { name: "Copy" })).toBeNull();
});

it("says so in the reader's language, over a reload as well", async () => {
  await chooseLanguage("de");
  page.server.titles.set("s_1", "Contoso");
  page.server.append("s_1", begun("t_1"));
  page.server.append("s_1", ended("t_1", FILTERED));
  go("s_1", { replace: true });
  await page.show();
  await page.settle(300);
  expect(said(/Inhaltsregeln/g)).toBe(1);
  expect(said(/content rules/g)).toBe(0);
});

it("says so once in a room, to the ear too", async () => {
  const { rooms } = page.server;
  rooms.begin("g_1", "Contoso");
  rooms.append("g_1", asked("t_1", "@coach how are they?"), { publish: false });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
  rooms.append("g_1", begun("t_1"));
  rooms.append("g_1", ended("t_1", FILTERED));
  await page.settle(300);
  expect(said(/content rules/g)).toBe(1);
  expect(screen.getByTestId("room-announcement").textContent).toContain("content rules");
});

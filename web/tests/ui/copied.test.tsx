import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BEN } from "../../dev/fake-rooms";
import { ADA, asked, COACH } from "../../dev/said";
import { goToRoom } from "../../src/ui/route";
import { Page, texts } from "./page";

const page = new Page();

/** Show Ada the room `g_1`. */
async function enter(): Promise<void> {
  page.server.rooms.begin("g_1", "Contoso");
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
}

describe("what was copied from a private chat", () => {
  const ANSWER = "## About price\n\n> A price **objection** is a question.";

  async function copied(): Promise<void> {
    await enter();
    const fields = { actor: ADA, turn_id: null, said_at: "2026-11-23T15:04:54.179Z" };
    page.server.rooms.append("g_1", asked("c1", "What about **price**?", fields));
    page.server.rooms.append("g_1", asked("c2", ANSWER, { ...fields, author: COACH }));
    await page.settle();
  }

  it("says who copied it and of when it is, and an answer is shown as one", async () => {
    await copied();
    const [question, answer] = screen.getAllByTestId("room-message");
    expect(texts("copied-mark")).toHaveLength(2);
    expect(texts("copied-mark")[0]).toMatch(
      /^Copied by Ada Lovelace from a private conversation, Nov 23, 2026/,
    );
    expect(question?.textContent).toContain("What about **price**?");
    expect(answer?.querySelector("h2, h3, h4, h5")?.textContent).toContain("Coach");
    expect(answer?.querySelector(".markdown strong")?.textContent).toBe("objection");
    expect(answer?.textContent).not.toContain("##");
  });

  it("is quoted in plain words", async () => {
    await copied();
    const answers = { reply_to: "c2.q" };
    page.server.rooms.append(
      "g_1",
      asked("b2", "I see.", { actor: BEN, author: BEN, turn_id: null, ...answers }),
    );
    await page.settle();
    expect(texts("reply-quote")[0]).toBe("Coach About price A price objection is a question.");
    fireEvent.click(screen.getAllByRole("button", { name: "Reply to Coach" })[0] ?? document.body);
    await page.settle();
    expect(texts("replying")[0]).toContain("About price A price objection is a question.");
  });

  it("reads as it is where an older server told nothing of that", async () => {
    await enter();
    const older: Partial<ReturnType<typeof asked>> = asked("c1", "Old", { author: COACH, turn_id: null });
    delete older.said_at;
    page.server.rooms.append("g_1", older as ReturnType<typeof asked>);
    await page.settle();
    expect(screen.queryByTestId("copied-mark")).toBeNull();
    expect(texts("room-message").at(-1)).toContain("Old");
  });
});

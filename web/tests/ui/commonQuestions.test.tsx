import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { ApiError } from "../../src/core/codes";
import {
  CommonQuestions,
  Offers,
  type QuestionsApi,
  type QuestionReport,
} from "../../src/core/commonQuestions";
import { rolesIn } from "../../src/core/roles";
import { Signal } from "../../src/core/store";
import type { ServerEvent } from "../../src/protocol/generated";
import { QuestionsLink } from "../../src/ui/questions/QuestionsLink";
import QuestionsPage from "../../src/ui/questions/QuestionsPage";
import { go } from "../../src/ui/route";

afterEach(cleanup);

const REPORT: QuestionReport = {
  analyzed_at: "2026-03-02T09:00:00.000Z",
  questions: 40,
  running: false,
  available: true,
  clusters: [
    {
      cluster_id: "cl_1",
      label: "Who approves a discount",
      size: 12,
      people: 7,
      trend: "growing",
      weeks: [
        { week: "2026-W09", count: 2 },
        { week: "2026-W10", count: 10 },
      ],
      signals: { up: 3, down: 0, tool_failures: 0, repeats: 2, unanswered: 0 },
      examples: ["Who approves [number] for [name]?"],
      answer: null,
      offered: 0,
      taken: 0,
    },
  ],
};

class FakeQuestions implements QuestionsApi {
  readonly calls: unknown[][] = [];
  refused: ApiError | null = null;
  current = REPORT;

  report = () => Promise.resolve(this.current);
  analyze = () => this.note("analyze");
  approve = (...words: unknown[]) => this.note("approve", ...words);
  withdraw = (...words: unknown[]) => this.note("withdraw", ...words);
  take = (...words: unknown[]) => this.note("take", ...words);

  private note(...call: unknown[]): Promise<void> {
    if (this.refused) return Promise.reject(this.refused);
    this.calls.push(call);
    return Promise.resolve();
  }
}

async function shown(api: FakeQuestions): Promise<void> {
  render(<QuestionsPage questions={new CommonQuestions(api, new FakeAuth())} />);
  await act(() => Promise.resolve());
}

function type(text: string): void {
  fireEvent.click(screen.getByText("Write an answer"));
  fireEvent.change(screen.getByLabelText("Approved answer"), { target: { value: text } });
}

test("a cluster shows its label, figures, trend, signals and masked examples", async () => {
  await shown(new FakeQuestions());
  const cluster = screen.getByTestId("question-cluster");
  expect(cluster.textContent).toContain("Who approves a discount");
  expect(cluster.textContent).toContain("12 questions of 7 people · asked more often");
  expect([...cluster.querySelectorAll("[data-signal]")].map((line) => line.textContent)).toEqual([
    "3 good answers",
    "2 asked again",
  ]);
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe("Questions a week, oldest first: 2, 10");
  expect(cluster.textContent).toContain("Who approves [number] for [name]?");
});

test("an answer is approved on the version that was seen", async () => {
  const api = new FakeQuestions();
  await shown(api);
  type("Your manager does.");
  await act(() => {
    fireEvent.click(screen.getByText("Approve"));
    return Promise.resolve();
  });
  expect(api.calls).toEqual([["approve", "cl_1", "Your manager does.", 0.75, 0]]);
  expect(screen.queryByLabelText("Approved answer")).toBeNull();
});

test("what was typed stays when it could not be stored", async () => {
  const api = new FakeQuestions();
  await shown(api);
  type("Your manager does.");
  api.refused = new ApiError(412, { code: "approved_answer_changed", message: "", retryable: false });
  await act(() => {
    fireEvent.click(screen.getByText("Approve"));
    return Promise.resolve();
  });
  expect(screen.getByRole("alert").textContent).toContain("Somebody changed this answer");
  expect(screen.getByLabelText<HTMLTextAreaElement>("Approved answer").value).toBe("Your manager does.");
});

test("an offer is noted as taken, and stays readable when that fails", async () => {
  const api = new FakeQuestions();
  const events = new Signal<ServerEvent>();
  const offers = new Offers(api, events, window.sessionStorage);
  const offered = {
    type: "answer.offered",
    conversation_id: "s_1",
    turn_id: "t_1",
    text: "Yes.",
    approved_at: "",
  };
  events.emit(offered as unknown as ServerEvent);
  expect(offers.offer.get()).toMatchObject({ sessionId: "s_1", turnId: "t_1", text: "Yes.", taken: false });
  await offers.take();
  expect(api.calls).toEqual([["take", "s_1", "t_1"]]);
  api.refused = new ApiError(503, { code: "store_unavailable", message: "", retryable: true });
  await offers.take();
  expect(offers.offer.get()?.taken).toBe(true);
});

test("the way to the page leaves the list of conversations that lies over it on a narrow screen", async () => {
  const auth = new FakeAuth();
  auth.token = () => Promise.resolve(`x.${btoa(JSON.stringify({ roles: ["Knowledge"] }))}.y`);
  const navigated = vi.fn();
  render(<QuestionsLink questions={new CommonQuestions(new FakeQuestions(), auth)} onNavigate={navigated} />);
  await act(() => new Promise((resolve) => setTimeout(resolve)));
  fireEvent.click(screen.getByTestId("common-questions"));
  expect(navigated).toHaveBeenCalledOnce();
  go(null, { replace: true });
});

test("roles are read from a token, and nothing from what is none", () => {
  expect(rolesIn(`x.${btoa(JSON.stringify({ roles: ["Knowledge"] }))}.y`)).toEqual(["Knowledge"]);
  expect(rolesIn("not a token")).toEqual([]);
});

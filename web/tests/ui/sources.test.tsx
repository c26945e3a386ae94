import { cleanup, render, screen, within } from "@testing-library/react";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { describe, expect, it } from "vitest";
import { COACH, TO_ALL } from "../../dev/said";
import { step } from "../core/events";
import cases from "../frames/links.json";
import { Page } from "./page";
import { Markdown } from "../../src/ui/Markdown";
import { hostOf } from "../../src/ui/webAddress";
import type { AnswerSource } from "../../src/protocol/generated";

const page = new Page();

const source = (links: string[], fields: Partial<AnswerSource> = {}): AnswerSource => ({
  links,
  title: "A second plant",
  call_id: "c",
  server: "web_search",
  tool: "search_web",
  trust: "untrusted",
  ...fields,
});

async function answered(text: string, sources: AnswerSource[], unsourced: string[]): Promise<HTMLElement> {
  await page.running();
  const { turn } = page;
  page.server.append("s_1", step(turn, 0, { parts: [{ type: "text", text }] }));
  await page.end();
  const found = { figures: 0, unmatched: [], sources, unsourced };
  const told = { turn_id: turn, message_id: `${turn}.0`, ...found };
  page.server.append("s_1", { type: "answer.checked", at: "", actor: COACH, ...told, ...TO_ALL });
  await page.settle();
  const answer = document.querySelector<HTMLElement>(".answer .markdown");
  if (!answer) throw new Error("there is no answer");
  return answer;
}

describe("the links of an answer", () => {
  it("are numbered, and their sources listed with host, tool and server", async () => {
    const answer = await answered(
      "[One](https://x.example/1), [two][b], again https://X.example/1.\n\n[b]: https://y.example/2",
      [
        source(["https://x.example/1", "https://X.example/1"]),
        source(["https://y.example/2"], { title: "", server: "crm", tool: "find" }),
      ],
      [],
    );
    expect(answer.textContent.trim()).toBe(
      "One (source 1)1, two (source 2)2, again https://X.example/1 (source 1)1.",
    );
    const list = screen.getByRole("region", { name: "Sources" });
    const [first, second] = within(list).getAllByTestId("source");
    expect(first?.textContent).toBe("A second plant x.example found by Search web (web_search)");
    expect(second?.textContent).toBe("y.example  found by Find (crm)");
    const link = within(list).getByText("A second plant").closest("a");
    expect([link?.href, link?.rel, link?.target]).toEqual([
      "https://x.example/1",
      "noopener noreferrer",
      "_blank",
    ]);
    expect(list.textContent).toContain("Strangers wrote some of these");
    expect(answer.querySelector(".unsourced")).toBeNull();
  });

  it("say in words that no tool returned them, and where they lead if their own words do not", async () => {
    const answer = await answered(
      "[Bank](https://b\u00e4nk.example/) https://x.example/a ![p](https://p.example/p.png) [m](mailto:a@b.example)",
      [],
      ["https://b\u00e4nk.example/", "https://x.example/a", "https://p.example/p.png"],
    );
    expect([...answer.querySelectorAll(".unsourced")].map((mark) => mark.textContent)).toEqual([
      " (xn--bnk-qla.example, not from a tool’s result)",
      " (not from a tool’s result)",
      " (p.example, not from a tool’s result)",
    ]);
    expect(screen.queryByTestId("sources")).toBeNull();
  });

  it("are marked even where only one of them was told of", async () => {
    const answer = await answered(
      "[a](https://x.example/1) [b](https://evil.example)",
      [source(["https://x.example/1"])],
      [],
    );
    expect(answer.querySelector(".unsourced")?.textContent).toContain("evil.example");
  });

  it("are as they are while nothing is known of them", async () => {
    await page.running();
    page.server.append("s_1", step(page.turn, 0, { parts: [{ type: "text", text: "https://x.example" }] }));
    await page.end();
    expect(document.querySelector(".answer .markdown")?.textContent).toBe("https://x.example");
  });
});

const PARSER = unified().use(remarkParse).use(remarkGfm);

interface Tree {
  readonly type: string;
  readonly url?: string;
  readonly children?: readonly Tree[];
}

/** Every address the page would lead to. */
function addresses(node: Tree): string[] {
  const own = "url" in node && node.url && hostOf(node.url) !== null ? [node.url] : [];
  return [...own, ...(node.children ?? []).flatMap(addresses)];
}

it.each(cases)("the server finds the links the page shows: $text", ({ text, links }) => {
  expect([...new Set(addresses(PARSER.parse(text)))].toSorted()).toEqual(links.toSorted());
});

it("a footnote is gone to on the page, and whatever leads nowhere is text", () => {
  const { container } = render(
    <Markdown text={"As told[^n]. [a](//x.example) [b](/s/1) [c](x)\n\n[^n]: There."} />,
  );
  const links = [...container.querySelectorAll("a")];
  expect(links.map((link) => [link.getAttribute("href")?.slice(0, 1), link.target])).toEqual([
    ["#", ""],
    ["#", ""],
  ]);
  expect(container.textContent).toContain("a b c");
  cleanup();
});

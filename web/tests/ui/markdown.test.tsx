import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Markdown } from "../../src/ui/Markdown";
import { GrowingMarkdown } from "../../src/ui/markdownBlocks";
import { MAX_DEPTH } from "../../src/ui/markdownDepth";

afterEach(cleanup);

const ANSWER = `# Pipeline

Setext
======

- one

- two
  with more

      code in a list

1. first

2. second

| a | b |
| - | - |
| 1 | 2 |

    indented

\`\`\`text
not

# a heading
\`\`\`

> quoted
lazily

~~~
open

fence`;

const LINKED =
  "See [the plan][1] and[^n].\n\nMore.\n\n[1]: https://example.com/plan\n\n[^n]: A note.\n\nEnd.";

function html(text: string): string {
  const { container, unmount } = render(<Markdown text={text} />);
  const shown = container.innerHTML;
  unmount();
  return shown;
}

/** Show a text as it grows by `pace` characters, and at last whole. */
function grown(text: string, pace: number): string {
  const { container, rerender, unmount } = render(<Markdown text="" growing />);
  for (let end = pace; end < text.length + pace; end += pace)
    rerender(<Markdown text={text.slice(0, end)} growing />);
  rerender(<Markdown text={text} />);
  const shown = container.innerHTML;
  unmount();
  return shown;
}

const plain = (shown: string): string =>
  shown.replaceAll(/\s*\n\s*/g, "").replaceAll(/user-content-fn-?/g, "");

it.each([3, 50])("a text that grew by %i characters looks like one that came whole", (pace) => {
  for (const text of [ANSWER, LINKED]) expect(plain(grown(text, pace))).toBe(plain(html(text)));
});

it("only the last block of a growing text is cut and rendered anew", () => {
  const cutter = new GrowingMarkdown();
  const before = cutter.blocks("# One\n\nTwo\n\nThree\n", true);
  const after = cutter.blocks("# One\n\nTwo\n\nThree\nand more", true);
  expect(before.slice(0, 2)).toEqual(["# One\n\n", "Two\n\n"]);
  expect(after).toEqual([...before.slice(0, 2), "Three\nand more"]);
  expect(cutter.blocks("Another attempt", true)).toEqual(["Another attempt"]);
});

const HOSTILE: readonly string[] = [
  "<script>window.hit = 1</script>",
  "<img src=x onerror='window.hit = 1'>",
  "<svg onload='window.hit = 1'><a xlink:href='javascript:window.hit = 1'>x</a></svg>",
  "<iframe srcdoc='<script>parent.hit = 1</script>'></iframe>",
  "<style>body { display: none }</style>",
  "<form action='https://evil.example'><button>Sign in</button></form>",
  "<a href='https://evil.example' onclick='window.hit = 1'>x</a>",
  "<math><mtext><table><mglyph><style><img src=x onerror=window.hit=1></style></mglyph></table></mtext></math>",
  "[x](javascript:window.hit=1)",
  "[x](JaVaScRiPt:window.hit=1)",
  "[x](java&#x09;script:window.hit=1)",
  "[x](\u0001javascript:window.hit=1)",
  "[x](vbscript:x) [y](file:///etc/passwd) [z](blob:https://x/1)",
  "[x](data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+)",
  "[x][y]\n\n[y]: javascript:window.hit=1",
  "[x](//evil.example) [y](/\\evil.example) [z](/join#token) [w](https:evil.example) [v](https:///evil.example)",
  "<javascript:window.hit=1>",
  "![x](javascript:window.hit=1)",
  "![pixel](https://evil.example/pixel.png?secret)",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  '![x](https://evil.example/"onerror="window.hit=1)',
  '[x](https://evil.example "\\" onmouseover=\\"window.hit=1")',
  '```html" onload="window.hit=1\n<script>window.hit = 1</script>\n```',
  "| <img src=x onerror=window.hit=1> |\n| - |\n| <script>1</script> |",
  "[^1]\n\n[^1]: <script>window.hit = 1</script>",
];
const ALLOWED = new Set(
  "p a h3 h4 h5 ul ol li table thead tbody tr th td pre code div em strong del blockquote br hr sup section h2 button svg path span".split(
    " ",
  ),
);

it.each(HOSTILE)("hostile text becomes no element, handler or address: %s", (text) => {
  for (const growing of [false, true]) {
    const { container, unmount } = render(<Markdown text={text} growing={growing} />);
    for (const element of container.querySelectorAll("*")) {
      expect(ALLOWED).toContain(element.localName);
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^src|^srcdoc|^style|^action|^formaction/);
        if (name === "href") expect(value).toMatch(/^(https?:\/\/\w|mailto:|#)/);
      }
    }
    unmount();
  }
  expect("hit" in window).toBe(false);
});

it("each block goes the way its own words are read, and all in it goes with it; code goes as it is written", () => {
  const text =
    "# مرحبا\n\nسلام\n\nHello\n\n> قال\n>\n> - one\n\n- واحد\n\n| ا |\n| - |\n| ب |\n\n```\nx\n```";
  const { container } = render(<Markdown text={text} />);
  const marked = [...container.querySelectorAll("[dir]")].map((block) => [
    block.tagName,
    block.getAttribute("dir"),
  ]);
  expect(marked).toEqual([
    ["H3", "auto"],
    ["P", "auto"],
    ["P", "auto"],
    ["BLOCKQUOTE", "auto"],
    ["UL", "auto"],
    ["DIV", "auto"],
    ["DIV", "ltr"],
  ]);
});

it("a link leads out without telling where from, and one that may not be followed is text", () => {
  const { container } = render(<Markdown text="[out](https://example.com) [in](javascript:1)" />);
  const [link, ...more] = container.querySelectorAll("a");
  expect(more).toEqual([]);
  expect([link?.rel, link?.target]).toEqual(["noopener noreferrer", "_blank"]);
  expect(container.textContent).toBe("out in");
});

it.each([
  ["quotes", ">".repeat(3_000)],
  ["lists", "- ".repeat(600)],
  ["emphasis", "*a **b ".repeat(1_500)],
  ["brackets", "[".repeat(5_000)],
])("deep %s neither break the page nor hold it up", (_what, nest) => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  const begun = performance.now();
  const { container } = render(<Markdown text={`${nest} words`} />);
  expect(container.textContent).toContain("words");
  expect(deepest(container)).toBeLessThan(3 * MAX_DEPTH);
  expect(performance.now() - begun).toBeLessThan(3_000);
});

function deepest(root: Element): number {
  let depth = 0;
  let level: Element[] = [...root.children];
  while (level.length > 0) {
    depth += 1;
    level = level.flatMap((element) => [...element.children]);
  }
  return depth;
}

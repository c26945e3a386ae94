import { useMemo, useRef, useState, type ComponentPropsWithoutRef } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import type { Checked } from "../core/beside";
import { Icon } from "./Icon";
import { Link, safeAddress } from "./Link";
import { GrowingMarkdown } from "./markdownBlocks";
import { languageStrings } from "./languages/languageStrings";
import { memo } from "./languages/memo";
import { MarkdownGuard } from "./MarkdownGuard";
import { flattenDeep } from "./markdownDepth";
import { ownDirection } from "./markdownDirection";
import { markFigures } from "./markFigures";
import { markLinks } from "./markLinks";
import { strings } from "./strings";

const PLUGINS = [remarkGfm, flattenDeep, ownDirection];

/** Copy with a short confirmation; a refusal by the browser leaves the label as it is. */
export function CopyButton({ text, label }: { text: () => string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
      setTimeout(() => {
        setCopied(false);
      }, 1500);
    } catch (error) {
      console.warn("The browser did not allow copying.", error);
    }
  };
  return (
    <button type="button" className="copy" aria-label={label} onClick={() => void copy()}>
      <Icon name={copied ? "check" : "copy"} size={14} />
      <span>{copied ? strings.copied : strings.copy}</span>
    </button>
  );
}

function CodeBlock(props: ComponentPropsWithoutRef<"pre">) {
  const block = useRef<HTMLPreElement>(null);
  return (
    <div className="code-block" dir="ltr">
      <CopyButton label={strings.copy} text={() => block.current?.textContent ?? ""} />
      {/* Wide code scrolls, and what scrolls must be reachable by keyboard. */}
      <pre ref={block} tabIndex={0}>
        {props.children}
      </pre>
    </div>
  );
}

/** Headings of an answer sit below those of the page; pictures are links, so that no answer can make the page fetch. */
const COMPONENTS: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => (typeof src === "string" ? <Link href={src}>{alt ?? src}</Link> : null),
  h1: ({ dir, children }) => <h3 dir={dir}>{children}</h3>,
  h2: ({ dir, children }) => <h3 dir={dir}>{children}</h3>,
  h3: ({ dir, children }) => <h4 dir={dir}>{children}</h4>,
  h4: ({ dir, children }) => <h5 dir={dir}>{children}</h5>,
  pre: CodeBlock,
  table: ({ dir, children }) => (
    <div className="table-scroll" dir={dir} tabIndex={0} role="group">
      <table>{children}</table>
    </div>
  ),
};

const Block = memo(function Block({ text, checked }: { text: string; checked: Checked | undefined }) {
  const plugins = useMemo(() => [...PLUGINS, ...marksOf(checked)], [checked]);
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      remarkRehypeOptions={footnoteWords()}
      components={COMPONENTS}
      urlTransform={safeAddress}
      skipHtml
    >
      {text}
    </ReactMarkdown>
  );
});

function footnoteWords() {
  return {
    footnoteLabel: languageStrings.footnotes,
    footnoteBackLabel: (index: number, again: number) => languageStrings.backToReference(index + 1, again),
  };
}

function marksOf(checked: Checked | undefined) {
  if (!checked) return [];
  const figures = checked.unmatched.length > 0 ? [markFigures(checked.unmatched)] : [];
  return checked.linked ? [...figures, markLinks(checked.sources)] : figures;
}

interface MarkdownProps {
  readonly text: string;
  /** More of it comes. */
  readonly growing?: boolean;
  /** What was found when the text was checked. */
  readonly checked?: Checked | undefined;
}

/** Markdown without HTML: tags in the text are shown to nobody and run nowhere. */
export const Markdown = memo(function Markdown({ text, growing = false, checked }: MarkdownProps) {
  const [cutter] = useState(() => new GrowingMarkdown());
  return (
    <MarkdownGuard text={text}>
      {cutter.blocks(text, growing).map((block, index) => (
        <Block key={index} text={block} checked={checked} />
      ))}
    </MarkdownGuard>
  );
});

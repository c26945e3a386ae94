import { useMemo, useRef, useState, type ComponentPropsWithoutRef, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Icon } from "./Icon";
import { GrowingMarkdown } from "./markdownBlocks";
import { languageStrings } from "./languages/languageStrings";
import { memo } from "./languages/memo";
import { MarkdownGuard } from "./MarkdownGuard";
import { flattenDeep } from "./markdownDepth";
import { markFigures } from "./markFigures";
import { strings } from "./strings";

const PLUGINS = [remarkGfm, flattenDeep];

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
    <div className="code-block">
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
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  pre: CodeBlock,
  table: ({ children }) => (
    <div className="table-scroll" tabIndex={0} role="group">
      <table>{children}</table>
    </div>
  ),
};

/** A way out of the page; what leads nowhere that may be gone to is text. */
function Link({ href, children }: { href: string | undefined; children: ReactNode }) {
  if (!href) return children;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

const NOTHING: readonly string[] = [];

function footnoteWords() {
  return {
    footnoteLabel: languageStrings.footnotes,
    footnoteBackLabel: (index: number, again: number) => languageStrings.backToReference(index + 1, again),
  };
}

const Block = memo(function Block({ text, unmatched }: { text: string; unmatched: readonly string[] }) {
  const plugins = useMemo(
    () => (unmatched.length === 0 ? PLUGINS : [...PLUGINS, markFigures(unmatched)]),
    [unmatched],
  );
  return (
    <ReactMarkdown
      remarkPlugins={plugins}
      remarkRehypeOptions={footnoteWords()}
      components={COMPONENTS}
      skipHtml
    >
      {text}
    </ReactMarkdown>
  );
});

interface MarkdownProps {
  readonly text: string;
  /** More of it comes. */
  readonly growing?: boolean;
  /** Figures that stand on nothing. */
  readonly unmatched?: readonly string[] | undefined;
}

/** Markdown without HTML: tags in the text are shown to nobody and run nowhere. */
export const Markdown = memo(function Markdown({
  text,
  growing = false,
  unmatched = NOTHING,
}: MarkdownProps) {
  const [cutter] = useState(() => new GrowingMarkdown());
  return (
    <MarkdownGuard text={text}>
      {cutter.blocks(text, growing).map((block, index) => (
        <Block key={index} text={block} unmatched={unmatched} />
      ))}
    </MarkdownGuard>
  );
});

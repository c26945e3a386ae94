import { memo, useRef, useState, type ComponentPropsWithoutRef } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Icon } from "./Icon";
import { markFigures } from "./markFigures";
import { strings } from "./strings";

const PLUGINS = [remarkGfm];

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
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) =>
    typeof src === "string" ? (
      <a href={src} target="_blank" rel="noopener noreferrer">
        {alt ?? src}
      </a>
    ) : null,
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

interface MarkdownProps {
  readonly text: string;
  /** Figures that stand on nothing. */
  readonly unmatched?: readonly string[] | undefined;
}

const NOTHING: readonly string[] = [];

/** Markdown without HTML: tags in the text are shown to nobody and run nowhere. */
export const Markdown = memo(function Markdown({ text, unmatched = NOTHING }: MarkdownProps) {
  const plugins = unmatched.length === 0 ? PLUGINS : [...PLUGINS, markFigures(unmatched)];
  return (
    <ReactMarkdown remarkPlugins={plugins} components={COMPONENTS} skipHtml>
      {text}
    </ReactMarkdown>
  );
});

import { useId } from "react";
import { memo } from "./languages/memo";
import { readable } from "../core/schemaFields";
import type { AnswerSource } from "../protocol/generated";
import { Link } from "./Link";
import { sourceStrings } from "./sourceStrings";
import { hostOf } from "./webAddress";

/** What the links of an answer lead to, by the numbers behind them: where that is, and which tool found it. */
export const SourceList = memo(function SourceList({ sources }: { sources: readonly AnswerSource[] }) {
  const heading = useId();
  if (sources.length === 0) return null;
  return (
    <section className="answer-sources" data-testid="sources" aria-labelledby={heading}>
      <h4 id={heading}>{sourceStrings.sources}</h4>
      <ol>
        {sources.map((source) => (
          <Source key={source.links[0]} source={source} />
        ))}
      </ol>
      {sources.some((source) => source.trust === "untrusted") && <p>{sourceStrings.untrusted}</p>}
    </section>
  );
});

function Source({ source: { links, title, server, tool } }: { source: AnswerSource }) {
  const host = hostOf(links[0] ?? "");
  if (host === null) return null;
  return (
    <li data-testid="source">
      <Link href={links[0]}>
        <bdi>{title || host}</bdi>
      </Link>{" "}
      {title && <span className="source-host">{host}</span>}{" "}
      <span className="source-tool">{sourceStrings.foundBy(readable(tool), server)}</span>
    </li>
  );
}

import { useCallback } from "react";
import type { AnswerVotes, Prompt, PromptLabel, Prompts } from "../../core/adminApi";
import { lastDays } from "../../core/adminTables";
import type { MessageVote } from "../../protocol/generated";
import type { PageProps } from "./AdminArea";
import { adminStrings, moment } from "./adminStrings";
import { LoadedView } from "./LoadedView";
import { SortableTable, type Column } from "./SortableTable";
import { useLoaded } from "./useLoaded";

/** As far back as votes can be asked for at once. */
const VOTE_DAYS = 92;
const SHORT_VERSION = 12;

interface Told extends Prompts {
  readonly votes: readonly AnswerVotes[];
}

/** Prompts: their versions, where the labels point, what is in use, and how people like the answers. */
export function PromptsPage({ api }: PageProps) {
  const read = useLoaded(
    useCallback(async (): Promise<Told> => {
      const [prompts, votes] = await Promise.all([
        api.prompts(),
        api.answerVotes(lastDays(VOTE_DAYS, new Date())),
      ]);
      return { ...prompts, votes };
    }, [api]),
  );
  return (
    <LoadedView read={read}>
      {({ label, prompts, votes }) => (
        <>
          <p>
            {adminStrings.promptsIntro(label)} {adminStrings.votesOfDays(VOTE_DAYS)}
          </p>
          {prompts.length === 0 && <p role="status">{adminStrings.noPrompts}</p>}
          {prompts.map((prompt) => (
            <PromptView
              key={prompt.name}
              prompt={prompt}
              votes={votes.filter((voted) => voted.prompt === prompt.name)}
            />
          ))}
        </>
      )}
    </LoadedView>
  );
}

interface PromptProps {
  readonly prompt: Prompt;
  readonly votes: readonly AnswerVotes[];
}

function PromptView({ prompt, votes }: PromptProps) {
  const { name, versions, labels, in_use: inUse, degraded } = prompt;
  const voted = votes.map(({ prompt_version: version }) => version);
  const pointed = labels.flatMap(({ version, previous }) => [version, previous]);
  const told = [...new Set([...pointed, inUse, ...voted])].filter((version) => version !== null);
  const others = versions.filter((version) => !told.includes(version));
  return (
    <section className="admin-detail" data-testid="prompt">
      <h3>{name}</h3>
      {degraded && <p className="admin-warning">{adminStrings.degraded}</p>}
      {labels.length === 0 && <p>{adminStrings.noLabels}</p>}
      <ul className="admin-notes">
        {labels.map((label) => (
          <LabelLine key={label.label} label={label} />
        ))}
      </ul>
      {told.length > 0 && <Versions {...{ name, told, labels, inUse, votes }} />}
      {others.length > 0 && (
        <details>
          <summary>{adminStrings.otherVersions(others.length)}</summary>
          <ul>
            {others.map((version) => (
              <li key={version}>
                <code>{version}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function LabelLine({
  label: { label, version, previous, moved_by: by, moved_at: at },
}: {
  label: PromptLabel;
}) {
  return (
    <li>
      <p>
        <strong>{label}</strong> → <Version version={version} />
      </p>
      <small>
        {adminStrings.labelSet(by, moment(at))}
        {previous !== null && (
          <>
            {" · "}
            {adminStrings.labelBefore(short(previous))}
          </>
        )}
      </small>
    </li>
  );
}

interface VersionsProps {
  readonly name: string;
  readonly told: readonly string[];
  readonly labels: readonly PromptLabel[];
  readonly inUse: string | null;
  readonly votes: readonly AnswerVotes[];
}

/** The versions there is anything to say of. */
function Versions({ name, told, labels, inUse, votes }: VersionsProps) {
  const pointing = (version: string) =>
    labels.flatMap((label) => (label.version === version ? [label.label] : [])).join(", ");
  const columns: readonly Column<string>[] = [
    {
      title: adminStrings.version,
      cell: (version) => version,
      shown: (version) => <Version version={version} />,
    },
    { title: adminStrings.labelled, cell: pointing },
    { title: adminStrings.inUse, cell: (version) => (version === inUse ? adminStrings.inUseHere : "") },
    ...(["up", "down"] as const).map((vote) => ({
      title: adminStrings.answerVotes[vote],
      cell: (version: string) => countOf(votes, version, vote),
      numeric: true,
    })),
  ];
  return (
    <SortableTable
      caption={name}
      testId="prompt-versions"
      columns={columns}
      rows={told}
      keyOf={(version) => version}
      first={{ by: 1, direction: "descending" }}
    />
  );
}

function Version({ version }: { version: string }) {
  return <code title={version}>{short(version)}</code>;
}

function short(version: string): string {
  return version.length > SHORT_VERSION ? `${version.slice(0, SHORT_VERSION)}…` : version;
}

function countOf(votes: readonly AnswerVotes[], version: string, wanted: MessageVote): number {
  const mine = votes.find((voted) => voted.prompt_version === version);
  return mine?.votes.find(({ vote }) => vote === wanted)?.count ?? 0;
}

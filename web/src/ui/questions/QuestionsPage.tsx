import { useEffect } from "react";
import type { CommonQuestions, QuestionCluster, QuestionReport } from "../../core/commonQuestions";
import { problemText } from "../strings";
import { useStore } from "../useStore";
import { AnswerEditor } from "./AnswerEditor";
import { locale } from "../languages/language";
import { questionsStrings } from "./questionsStrings";
import { Sparkline } from "./Sparkline";

/** What people commonly ask, how it goes, and what is answered. */
export default function QuestionsPage({ questions }: { questions: CommonQuestions }) {
  const { report, problem, busy } = useStore(questions.view);
  useEffect(() => {
    void questions.load();
  }, [questions]);
  return (
    <div className="scroller">
      <div className="column questions-page" data-testid="questions-page" aria-busy={busy}>
        <p>{questionsStrings.intro}</p>
        {problem && (
          <p className="fault" role="alert">
            {problemText(problem)}
          </p>
        )}
        {!report && !problem && <p>{questionsStrings.loading}</p>}
        {report && <State {...{ questions, report, busy }} />}
        {report?.clusters.map((cluster) => (
          <Cluster key={cluster.cluster_id} {...{ questions, cluster }} />
        ))}
      </div>
    </div>
  );
}

interface StateProps {
  readonly questions: CommonQuestions;
  readonly report: QuestionReport;
  readonly busy: boolean;
}

function State({ questions, report, busy }: StateProps) {
  const at = report.analyzed_at && new Date(report.analyzed_at).toLocaleString(locale());
  return (
    <div className="questions-state">
      <p role="status">
        {report.available ? questionsStrings.analyzed(at, report.questions) : questionsStrings.unavailable}
      </p>
      <button
        type="button"
        className="secondary"
        disabled={busy || report.running || !report.available}
        onClick={() => void questions.analyze()}
      >
        {report.running ? questionsStrings.running : questionsStrings.run}
      </button>
      <button type="button" className="secondary" disabled={busy} onClick={() => void questions.load()}>
        {questionsStrings.refresh}
      </button>
      {report.clusters.length === 0 && <p>{questionsStrings.none}</p>}
    </div>
  );
}

const SIGNALS = ["up", "down", "tool_failures", "repeats", "unanswered"] as const;

function Cluster({ questions, cluster }: { questions: CommonQuestions; cluster: QuestionCluster }) {
  const { signals } = cluster;
  return (
    <section className="question-cluster" data-testid="question-cluster">
      <header>
        <div>
          <h2>{cluster.label || questionsStrings.unnamed}</h2>
          <small>
            {questionsStrings.figures(cluster.size, cluster.people)} · {questionsStrings.trend[cluster.trend]}
          </small>
        </div>
        <Sparkline counts={cluster.weeks.map(({ count }) => count)} />
      </header>
      <ul className="question-signals">
        {SIGNALS.filter((signal) => signals[signal] > 0).map((signal) => (
          <li key={signal} data-signal={signal}>
            {signals[signal]} {questionsStrings.signals[signal]}
          </li>
        ))}
      </ul>
      {cluster.examples.length > 0 && (
        <details>
          <summary>{questionsStrings.examples}</summary>
          <ul>
            {cluster.examples.map((example) => (
              <li key={example}>{example}</li>
            ))}
          </ul>
        </details>
      )}
      <AnswerEditor {...{ questions, cluster }} />
    </section>
  );
}

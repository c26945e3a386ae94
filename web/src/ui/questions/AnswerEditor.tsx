import { useId, useState, type SyntheticEvent } from "react";
import type { ApprovedAnswer, CommonQuestions, QuestionCluster } from "../../core/commonQuestions";
import { locale } from "../languages/language";
import { questionsStrings } from "./questionsStrings";

const USUAL_THRESHOLD = 0.75;
const MAX_CHARACTERS = 8000;

interface EditorProps {
  readonly questions: CommonQuestions;
  readonly cluster: QuestionCluster;
}

/** The approved answer of a common question: to read, write, change and withdraw. */
export function AnswerEditor({ questions, cluster }: EditorProps) {
  const [editing, setEditing] = useState(false);
  const { answer } = cluster;
  const turn = () => {
    setEditing(!editing);
  };
  if (editing) return <AnswerForm {...{ questions, cluster }} close={turn} />;
  return (
    <div className="question-answer">
      {answer && <AnswerText {...{ cluster, answer }} />}
      <div className="answer-actions">
        <button type="button" className="secondary" onClick={turn}>
          {answer ? questionsStrings.edit : questionsStrings.write}
        </button>
        {answer?.state === "approved" && (
          <button type="button" className="secondary" onClick={() => void questions.withdraw(cluster)}>
            {questionsStrings.withdraw}
          </button>
        )}
      </div>
    </div>
  );
}

function AnswerText({ cluster, answer }: { cluster: QuestionCluster; answer: ApprovedAnswer }) {
  const on = new Date(answer.at).toLocaleDateString(locale());
  return (
    <>
      <h3>{answer.state === "approved" ? questionsStrings.answer : questionsStrings.withdrawn}</h3>
      <p className="answer-text">{answer.text}</p>
      <small>
        {questionsStrings.approvedBy(answer.by, on, answer.version)}
        {" · "}
        {questionsStrings.hits(cluster.offered, cluster.taken)}
      </small>
    </>
  );
}

/** What is typed stays until it is stored or given up. */
function AnswerForm({ questions, cluster, close }: EditorProps & { readonly close: () => void }) {
  const [text, setText] = useState(cluster.answer?.text ?? "");
  const [threshold, setThreshold] = useState(cluster.answer?.threshold ?? USUAL_THRESHOLD);
  const field = useId();
  const onSubmit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== "" && (await questions.approve(cluster, text.trim(), threshold))) close();
  };
  return (
    <form className="question-answer" onSubmit={(event) => void onSubmit(event)}>
      <label htmlFor={field}>{questionsStrings.answer}</label>
      <textarea
        id={field}
        rows={5}
        maxLength={MAX_CHARACTERS}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <Threshold value={threshold} set={setThreshold} />
      <div className="answer-actions">
        <button type="submit" className="primary" disabled={text.trim() === ""}>
          {questionsStrings.approve}
        </button>
        <button type="button" className="secondary" onClick={close}>
          {questionsStrings.cancel}
        </button>
      </div>
    </form>
  );
}

function Threshold({ value, set }: { value: number; set: (value: number) => void }) {
  return (
    <label>
      {questionsStrings.threshold}
      <input
        type="number"
        min={0.3}
        max={1}
        step={0.05}
        value={value}
        onChange={(event) => {
          set(event.target.valueAsNumber || USUAL_THRESHOLD);
        }}
      />
    </label>
  );
}

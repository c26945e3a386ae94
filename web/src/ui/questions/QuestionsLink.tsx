import { useEffect, useState } from "react";
import type { CommonQuestions } from "../../core/commonQuestions";
import { Icon } from "../Icon";
import { goToQuestions } from "../route";
import { questionsStrings } from "./questionsStrings";

interface LinkProps {
  readonly questions: CommonQuestions;
  readonly onNavigate: () => void;
}

/** The way to the page of common questions, for those who may see it. */
export function QuestionsLink({ questions, onNavigate }: LinkProps) {
  const [allowed, setAllowed] = useState(false);
  useEffect(() => {
    let current = true;
    void questions.allowed().then((may) => {
      if (current) setAllowed(may);
    });
    return () => {
      current = false;
    };
  }, [questions]);
  if (!allowed) return null;
  return (
    <button
      type="button"
      className="icon-button"
      data-testid="common-questions"
      aria-label={questionsStrings.title}
      title={questionsStrings.title}
      onClick={() => {
        goToQuestions();
        onNavigate();
      }}
    >
      <Icon name="chart" />
    </button>
  );
}

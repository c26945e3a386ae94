import type { CardBodyProps } from "./cardBody";
import { SchemaForm } from "./SchemaForm";
import { strings } from "./strings";
import { useSchemaForm } from "./useSchemaForm";

/** What a tool wants to know. */
export function FormCard({ card, blocked, answer }: CardBodyProps) {
  const form = useSchemaForm(card.schema, {}, `${card.questionId}-form`);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const values = form.read();
        if (values) answer({ answer: "accept", values });
      }}
    >
      <SchemaForm form={form} disabled={blocked} />
      <p className="card-note">{strings.formNote(card.server)}</p>
      <div className="card-buttons">
        <button type="submit" className="primary" data-testid="accept" disabled={blocked}>
          {strings.sendForm}
        </button>
        <button
          type="button"
          className="secondary"
          data-testid="decline"
          disabled={blocked}
          onClick={() => {
            answer({ answer: "decline" });
          }}
        >
          {strings.decline}
        </button>
      </div>
    </form>
  );
}

import { Logo } from "./Icon";
import { strings } from "./strings";

export function EmptyState({ name, ask }: { name: string; ask: (text: string) => void }) {
  return (
    <section className="empty">
      <Logo size={52} />
      <h2>{strings.emptyTitle(name)}</h2>
      <p>{strings.emptyNote}</p>
      <ul>
        {strings.suggestions.map(({ topic, question }) => (
          <li key={topic}>
            <button
              type="button"
              onClick={() => {
                ask(question);
              }}
            >
              <strong>{topic}</strong>
              <span>{question}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

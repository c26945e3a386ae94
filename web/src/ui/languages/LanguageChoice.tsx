import { useState } from "react";
import { useStore } from "../useStore";
import { chooseLanguage, language, LANGUAGES, type Language } from "./language";
import { languageStrings } from "./languageStrings";

/** Each language stands in its own words, so that whoever cannot read the page finds theirs. */
export function LanguageChoice() {
  const chosen = useStore(language);
  const { wanted, failed, choose } = useChoice();
  return (
    <div className="language">
      <select
        data-testid="language"
        aria-label={languageStrings.language}
        aria-busy={wanted !== null}
        title={languageStrings.language}
        value={wanted ?? chosen}
        onChange={(event) => {
          choose(event.target.value as Language);
        }}
      >
        {Object.entries(LANGUAGES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      {failed && (
        <p className="language-problem" role="alert">
          {languageStrings.loadFailed}
        </p>
      )}
    </div>
  );
}

/** `wanted` is on its way; null when none is. */
function useChoice() {
  const [wanted, setWanted] = useState<Language | null>(null);
  const [failed, setFailed] = useState(false);
  const choose = (next: Language) => {
    setWanted(next);
    setFailed(false);
    chooseLanguage(next)
      .catch((error: unknown) => {
        console.warn("The language could not be loaded.", error);
        setFailed(true);
      })
      .finally(() => {
        setWanted((now) => (now === next ? null : now));
      });
  };
  return { wanted, failed, choose };
}

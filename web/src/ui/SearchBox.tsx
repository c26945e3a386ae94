import type { KeyboardEvent, SyntheticEvent } from "react";
import { MAX_WORDS, type ConversationSearch, type SearchView } from "../core/search";
import { focusFirstResult } from "./searchFocus";
import { problemText, strings } from "./strings";
import { useStore } from "./useStore";

export const SEARCH_ID = "search-box";

/** Where words to look for are typed, and what came of it in a word. Arrow down leads to what was found. */
export function SearchBox({ search }: { search: ConversationSearch }) {
  const view = useStore(search.view);
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    void search.now();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" && focusFirstResult()) event.preventDefault();
    if (event.key !== "Escape" || view.words === "") return;
    event.preventDefault();
    event.stopPropagation();
    search.clear();
  };
  return (
    <form className="search" role="search" onSubmit={onSubmit}>
      <input
        type="search"
        dir="auto"
        id={SEARCH_ID}
        data-testid="search"
        aria-label={strings.search}
        aria-describedby="search-said"
        placeholder={strings.searchPlaceholder}
        autoComplete="off"
        maxLength={MAX_WORDS}
        value={view.words}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          search.type(event.target.value);
        }}
      />
      <p id="search-said" role="status" data-testid="search-said">
        {saidOf(view)}
      </p>
    </form>
  );
}

function saidOf({ words, state, found, next, problem }: SearchView): string {
  switch (state) {
    case "idle":
      return words.trim() === "" ? "" : strings.searchShort;
    case "searching":
      return strings.searching;
    case "failed":
      return `${strings.searchFailed} ${problem ? problemText(problem) : ""}`;
    case "done":
      if (found.length > 0) return strings.searchCount(found.length, next !== null);
      return next === null ? strings.searchNothing : strings.searchNothingYet;
  }
}

import { useMemo, type ComponentType, type MouseEvent } from "react";
import { AdminApi } from "../../core/adminApi";
import type { Problem } from "../../core/codes";
import type { Requests } from "../../core/http";
import { OpenProblem } from "../OpenProblem";
import { adminPath, goToAdmin, opensElsewhere, type AdminPlace } from "../route";
import { problemText, strings } from "../strings";
import "../styles/admin.css";
import { useStore } from "../useStore";
import { adminStrings, type PageName } from "./adminStrings";
import { PromptsPage } from "./PromptsPage";
import { ReviewsPage } from "./ReviewsPage";
import { SecurityPage } from "./SecurityPage";
import { ToolsPage } from "./ToolsPage";
import { UsagePage } from "./UsagePage";
import { oneOf, shared, wishesOf, type Wishes } from "./wishes";

export interface PageProps {
  readonly api: AdminApi;
  readonly wishes: Wishes;
}

const NAMES = ["usage", "tools", "prompts", "reviews", "security"] as const;
const PAGES: Readonly<Record<PageName, ComponentType<PageProps>>> = {
  usage: UsagePage,
  tools: ToolsPage,
  prompts: PromptsPage,
  reviews: ReviewsPage,
  security: SecurityPage,
};

/** What administrators look at: a page at a time, each with an address of its own. */
export default function AdminArea({ http, place }: { http: Requests; place: AdminPlace }) {
  const api = useMemo(() => new AdminApi(http), [http]);
  const wishes = useMemo(() => wishesOf(place), [place]);
  const name = oneOf(place.page, NAMES);
  const Page = PAGES[name];
  const refused = useStore(api.refused);
  if (refused) return <Refused problem={refused} />;
  return (
    <div className="scroller" key={name}>
      <div className="column admin" data-testid="admin-page" data-page={name}>
        <Pages current={name} query={shared(place.query)} />
        <h2>{adminStrings.pages[name]}</h2>
        <Page api={api} wishes={wishes} />
        <p className="admin-note">{adminStrings.noted}</p>
      </div>
    </div>
  );
}

/** To who may not look at the administration all around the reason would lead nowhere. */
function Refused({ problem }: { problem: Problem }) {
  return (
    <div className="scroller">
      <div className="column">
        <OpenProblem
          title={adminStrings.refused}
          reason={problemText(problem)}
          retry={null}
          leave={strings.newChat}
        />
      </div>
    </div>
  );
}

function Pages({ current, query }: { current: PageName; query: string }) {
  return (
    <nav className="admin-pages" aria-label={adminStrings.navigation}>
      {NAMES.map((page) => {
        const place = { page, query };
        const follow = (event: MouseEvent) => {
          if (opensElsewhere(event)) return;
          event.preventDefault();
          goToAdmin(place);
        };
        return (
          <a
            key={page}
            href={adminPath(place)}
            aria-current={page === current ? "page" : undefined}
            onClick={follow}
          >
            {adminStrings.pages[page]}
          </a>
        );
      })}
    </nav>
  );
}

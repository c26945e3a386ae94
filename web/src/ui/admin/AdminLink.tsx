import { useEffect, useState, type MouseEvent } from "react";
import type { Auth } from "../../core/auth";
import { holdsRole } from "../../core/roles";
import { Icon } from "../Icon";
import { adminPath, adminRoute, goToAdmin, opensElsewhere } from "../route";
import { useStore } from "../useStore";
import { adminLabels } from "./adminLabels";

const FIRST = { page: "", query: "" };

/** The way to the administration, for those who may see it. */
export function AdminLink({ auth, onNavigate }: { auth: Auth; onNavigate: () => void }) {
  const [allowed, setAllowed] = useState(false);
  const there = useStore(adminRoute) !== null;
  useEffect(() => {
    let current = true;
    void holdsRole(auth, ["Admin"]).then((may) => {
      if (current) setAllowed(may);
    });
    return () => {
      current = false;
    };
  }, [auth]);
  if (!allowed) return null;
  const go = (event: MouseEvent) => {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    goToAdmin(FIRST);
    onNavigate();
  };
  return (
    <a
      className="admin-link"
      data-testid="admin-link"
      href={adminPath(FIRST)}
      aria-current={there ? "page" : undefined}
      onClick={go}
    >
      <Icon name="gauge" />
      {adminLabels.title}
    </a>
  );
}

import { createContext, useContext } from "react";
import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import type { Requests } from "../core/requests";

/** Who looks at the page, and what they act through. */
export interface Viewer {
  readonly client: Client;
  readonly person: Person;
  /** What they want of the conversation around: a session's, or a group's. */
  readonly requests: Requests;
}

export const ViewerContext = createContext<Viewer | null>(null);

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("nobody looks: there is no ViewerContext around this");
  return viewer;
}

/** What the page must know about its surroundings; served beside it, so that one build fits every place. */
export interface Settings {
  readonly authority: string;
  readonly clientId: string;
  readonly scope: string;
  readonly apiBase: string;
}

/** @throws Error naming the missing field, or the HTTP status. */
export async function loadSettings(url = "/config.json"): Promise<Settings> {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const raw: unknown = await answer.json();
  return {
    authority: textField(raw, "authority"),
    clientId: textField(raw, "client_id"),
    scope: textField(raw, "scope"),
    apiBase: textField(raw, "api_base").replace(/\/$/, ""),
  };
}

function textField(raw: unknown, name: string): string {
  const value: unknown = typeof raw === "object" && raw !== null ? Reflect.get(raw, name) : undefined;
  if (typeof value !== "string" || value === "") throw new Error(`config.json lacks "${name}"`);
  return value;
}

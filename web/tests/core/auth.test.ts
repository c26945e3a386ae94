import { beforeEach, expect, it, vi } from "vitest";
import { OidcAuth } from "../../src/core/auth";
import { SignedOutError } from "../../src/core/codes";

const AUTHORITY = "http://127.0.0.1:1/tenant/v2.0";
const SETTINGS = { authority: AUTHORITY, clientId: "web", scope: "openid offline_access", apiBase: "/api" };
const METADATA = {
  issuer: AUTHORITY,
  authorization_endpoint: `${AUTHORITY}/authorize`,
  token_endpoint: `${AUTHORITY}/token`,
};
const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  window.sessionStorage.clear();
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  vi.spyOn(console, "warn").mockReturnValue();
});

/** Put the sign-in of an earlier page into the tab's storage. */
function signedIn(secondsLeft: number): void {
  const user = {
    access_token: "old",
    refresh_token: "refresh",
    token_type: "Bearer",
    scope: SETTINGS.scope,
    expires_at: Math.floor(Date.now() / 1000) + secondsLeft,
    profile: { sub: "p1", name: "Ada Winter", preferred_username: "ada@salescoach.example" },
  };
  window.sessionStorage.setItem(`oidc.user:${AUTHORITY}:web`, JSON.stringify(user));
}

/** Let the issuer answer the next requests for a token with this. */
function issuer(status: number, body: unknown): void {
  fetched.mockImplementation((url) => {
    const metadata = new Request(url).url.endsWith("openid-configuration");
    const answer = new Response(JSON.stringify(metadata ? METADATA : body), {
      status: metadata ? 200 : status,
      headers: { "Content-Type": "application/json" },
    });
    return Promise.resolve(answer);
  });
}

it("takes up a sign-in that is still good without asking the issuer", async () => {
  signedIn(3_000);
  const auth = new OidcAuth(SETTINGS);
  await auth.restore();
  expect(auth.person.get()).toEqual({ id: "p1", name: "Ada Winter", email: "ada@salescoach.example" });
  expect(await auth.token()).toBe("old");
  expect(fetched).not.toHaveBeenCalled();
});

it("renews a token that is about to end, once for all who ask at the same time, and says so", async () => {
  signedIn(20);
  issuer(200, { access_token: "new", token_type: "Bearer", expires_in: 3600, refresh_token: "refresh2" });
  const auth = new OidcAuth(SETTINGS);
  const renewed = vi.fn();
  auth.renewed.on(renewed);
  expect(await Promise.all([auth.token(), auth.token(), auth.token()])).toEqual(["new", "new", "new"]);
  const asked = fetched.mock.calls.filter(([url]) => new Request(url).url.endsWith("/token"));
  expect(asked).toHaveLength(1);
  expect(renewed).toHaveBeenCalledTimes(1);
});

it("is signed out when the issuer refuses to renew", async () => {
  signedIn(-10);
  issuer(400, { error: "invalid_grant" });
  const auth = new OidcAuth(SETTINGS);
  await auth.restore();
  expect(auth.person.get()).toBeNull();
  await expect(auth.token()).rejects.toBeInstanceOf(SignedOutError);
});

it("keeps the sign-in when the issuer cannot be reached", async () => {
  signedIn(20);
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  const auth = new OidcAuth(SETTINGS);
  await auth.restore();
  await expect(auth.token()).rejects.toThrow("Failed to fetch");
  expect(auth.person.get()?.name).toBe("Ada Winter");
});

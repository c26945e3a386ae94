import { ErrorTimeout, UserManager, WebStorageStateStore, type User } from "oidc-client-ts";
import { SignedOutError } from "./codes";
import type { Settings } from "./settings";
import { Signal, Store } from "./store";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** The sign-in as the rest of the client sees it. */
export interface Auth {
  readonly person: Store<Person | null>;
  /** Emits after a new token arrived while signed in. */
  readonly renewed: Signal<void>;
  /** @throws SignedOutError when only the person can help. */
  token(options?: { fresh: boolean }): Promise<string>;
  signIn(returnTo: string): Promise<void>;
  signOut(): Promise<void>;
}

/** Tokens with less life than this are renewed before use, so that they survive the request. Seconds. */
const RENEW_BEFORE = 60;

/** OpenID Connect, authorization code with PKCE. Tokens live in session storage: one tab, gone with it. */
export class OidcAuth implements Auth {
  readonly person = new Store<Person | null>(null);
  readonly renewed = new Signal<void>();
  private readonly manager: UserManager;
  private renewal: Promise<User | null> | null = null;

  constructor(settings: Settings, origin: string = window.location.origin) {
    this.manager = new UserManager({
      authority: settings.authority,
      client_id: settings.clientId,
      scope: settings.scope,
      redirect_uri: `${origin}/signed-in`,
      post_logout_redirect_uri: `${origin}/`,
      userStore: new WebStorageStateStore({ store: window.sessionStorage }),
      stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
      accessTokenExpiringNotificationTimeInSeconds: RENEW_BEFORE,
      automaticSilentRenew: false,
    });
    this.manager.events.addUserLoaded((user) => {
      this.person.set(personOf(user));
      this.renewed.emit();
    });
    this.manager.events.addUserUnloaded(() => {
      this.person.set(null);
    });
    this.manager.events.addAccessTokenExpiring(() => {
      this.renew().catch((error: unknown) => {
        console.warn("The sign-in could not be renewed yet.", error);
      });
    });
  }

  /** Take up the sign-in this tab already has, if it is still good or can be renewed. */
  async restore(): Promise<void> {
    try {
      let user = await this.manager.getUser();
      if (user?.expired === true) user = await this.renew();
      this.person.set(user && personOf(user));
    } catch (error) {
      console.warn("The sign-in could not be taken up again.", error);
    }
  }

  /** Finish the redirect from the issuer; returns the path the person came from. */
  async completeSignIn(): Promise<string> {
    const user = await this.manager.signinCallback();
    if (user) this.person.set(personOf(user));
    return typeof user?.state === "string" && user.state.startsWith("/") ? user.state : "/";
  }

  async token({ fresh }: { fresh: boolean } = { fresh: false }): Promise<string> {
    let user = await this.manager.getUser();
    if (user && (fresh || (user.expires_in ?? 0) < RENEW_BEFORE)) user = await this.renew();
    if (!user) {
      this.person.set(null);
      throw new SignedOutError();
    }
    return user.access_token;
  }

  async signIn(returnTo: string): Promise<void> {
    await this.manager.signinRedirect({ state: returnTo });
  }

  async signOut(): Promise<void> {
    try {
      await this.manager.signoutRedirect();
    } catch (error) {
      console.warn("The issuer could not end its session; signing out of this tab only.", error);
      await this.manager.removeUser();
    }
  }

  /**
   * Null when the issuer refuses; a failure to reach it is thrown, for the sign-in may still be good later.
   * Callers that come together share one renewal, because a refresh token may be good only once.
   */
  private async renew(): Promise<User | null> {
    this.renewal ??= this.manager
      .signinSilent()
      .catch(async (error: unknown) => {
        if (error instanceof TypeError || error instanceof ErrorTimeout) throw error;
        console.warn("The issuer did not renew the sign-in.", error);
        await this.manager.removeUser();
        return null;
      })
      .finally(() => {
        this.renewal = null;
      });
    return this.renewal;
  }
}

function personOf(user: User): Person {
  const { profile } = user;
  const { tid, oid } = profile;
  const email = profile.preferred_username ?? profile.email ?? "";
  // The issuer names a person differently to every client in `sub`; this is the name the app knows.
  const id = typeof tid === "string" && typeof oid === "string" ? `${tid}.${oid}` : profile.sub;
  return { id, name: profile.name ?? (email || profile.sub), email };
}

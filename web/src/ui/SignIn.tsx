import { useState } from "react";
import { Logo } from "./Icon";
import { LanguageChoice } from "./languages/LanguageChoice";
import { strings } from "./strings";

interface SignInProps {
  readonly signIn: () => Promise<void>;
  /** Why the person is here, if not to talk to the coach. */
  readonly note?: string | null;
}

export function SignIn({ signIn, note = null }: SignInProps) {
  const [failed, setFailed] = useState(false);
  const start = () => {
    setFailed(false);
    signIn().catch((error: unknown) => {
      console.warn("The sign-in page could not be reached.", error);
      setFailed(true);
    });
  };
  return (
    <main className="welcome">
      <div className="welcome-card">
        <Logo size={60} />
        <h1>{strings.product}</h1>
        <p>{note ?? strings.tagline}</p>
        <button type="button" className="primary" data-testid="sign-in" onClick={start}>
          {strings.signIn}
        </button>
        {failed ? (
          <p role="alert" className="welcome-problem">
            {strings.signInFailed}
          </p>
        ) : (
          <p className="welcome-note">{strings.signInNote}</p>
        )}
        <LanguageChoice />
      </div>
    </main>
  );
}

export function StartFailed() {
  return (
    <main className="welcome">
      <div className="welcome-card" role="alert">
        <Logo size={60} />
        <h1>{strings.startFailed}</h1>
        <p>{strings.startFailedNote}</p>
        <button
          type="button"
          className="primary"
          onClick={() => {
            window.location.assign("/");
          }}
        >
          {strings.tryAgain}
        </button>
      </div>
    </main>
  );
}

import type { CardBodyProps } from "./cardBody";
import { Icon } from "./Icon";
import { strings } from "./strings";

/**
 * Something to do on another page, which opens in a tab of its own that knows nothing of this one. A sign-in tells the
 * app itself that it is done; of any other page only the person can say so.
 */
export function LinkCard({ card, blocked, answer }: CardBodyProps) {
  const target = webAddress(card.url);
  return (
    <>
      {target ? <Target target={target} /> : <p className="card-problem">{strings.linkUnusable}</p>}
      <div className="card-buttons">
        {target && <OpenLink target={target} signIn={card.kind === "sign_in"} />}
        {card.kind === "url" && (
          <button
            type="button"
            className="secondary"
            data-testid="accept"
            disabled={blocked}
            onClick={() => {
              answer({ answer: "accept" });
            }}
          >
            {strings.linkDone}
          </button>
        )}
        <button
          type="button"
          className="secondary"
          data-testid="decline"
          disabled={blocked}
          onClick={() => {
            answer({ answer: "decline" });
          }}
        >
          {strings.decline}
        </button>
      </div>
    </>
  );
}

function OpenLink({ target, signIn }: { target: URL; signIn: boolean }) {
  return (
    <a
      className="primary"
      href={target.href}
      target="_blank"
      rel="noopener noreferrer"
      referrerPolicy="no-referrer"
      data-testid="open-link"
    >
      {signIn ? strings.openSignIn : strings.openLink}
      <Icon name="open" size={14} />
    </a>
  );
}

function Target({ target }: { target: URL }) {
  return (
    <div className="link-target">
      <p>
        {strings.linkHost} <strong data-testid="link-host">{target.host}</strong>
      </p>
      <code>{target.href}</code>
    </div>
  );
}

/** Only what a browser opens as a page; an address of this app may be given without its host. */
function webAddress(url: string | null): URL | null {
  if (url === null || !URL.canParse(url, window.location.origin)) return null;
  const address = new URL(url, window.location.origin);
  return address.protocol === "https:" || address.protocol === "http:" ? address : null;
}

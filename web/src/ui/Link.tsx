import type { MouseEvent, ReactNode } from "react";

const LEADS_OUT = /^(?:https?:\/\/[^/\\?#]|mailto:)/i;

/**
 * Where a link of a text may lead: out to the web or a mail program, or to another place in the text. An address without
 * a scheme would lead into this page's own, or, as `//host`, to a host that does not look like one.
 */
export function safeAddress(address: string): string {
  return LEADS_OUT.test(address) || address.startsWith("#") ? address : "";
}

interface LinkProps {
  readonly href: string | undefined;
  readonly id?: string | undefined;
  readonly children: ReactNode;
}

/** A way out of the page; what leads nowhere that may be gone to is text. */
export function Link({ href, id, children }: LinkProps) {
  if (!href) return children;
  // The page's own address tells which conversation is open: a footnote is gone to without it.
  if (href.startsWith("#"))
    return (
      <a href={href} id={id} onClick={goThere}>
        {children}
      </a>
    );
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** Go to a place of the same text; other texts on the page may have places of the same name. */
function goThere(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const { currentTarget: link } = event;
  const name = CSS.escape(decodeURIComponent(link.hash.slice(1)));
  const place = link.closest(".markdown")?.querySelector<HTMLElement>(`[id="${name}"]`);
  place?.scrollIntoView({ block: "nearest" });
  if (place) (place.matches("a") ? place : place.querySelector("a"))?.focus();
}

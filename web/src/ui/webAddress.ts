/** Addresses of the web as people may see them. */

const WEB = /^https?:\/\//i;

/** The host an address of the web leads to, in ASCII, so that no other script can pose as one; else null. */
export function hostOf(address: string): string | null {
  const url = WEB.test(address) && URL.canParse(address) ? new URL(address) : null;
  return url?.host ?? null;
}

/** The same for every spelling of an address that a browser takes for the same. */
export function addressKey(address: string): string {
  return URL.canParse(address) ? new URL(address).href : address;
}

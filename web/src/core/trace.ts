/** Begins a trace (W3C Trace Context): what the server does because of this click can be found under its id. */
export function newTraceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

/** So many random bytes, as hexadecimal digits; never all zero, which would be no id. */
function hex(bytes: number): string {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes));
  drawn[0] = (drawn[0] ?? 0) | 1;
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What makes a message a place that can be gone to and focused; nothing while its id is not known. */
export function spotFor(messageId: string | null): { readonly id?: string; readonly tabIndex?: number } {
  return messageId === null ? {} : { id: spotId(messageId), tabIndex: -1 };
}

export function spotId(messageId: string): string {
  return `m-${messageId}`;
}

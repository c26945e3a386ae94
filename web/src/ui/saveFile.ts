const LONGEST_NAME = 80;

/** Have the browser save a text as a file. */
export function save(text: string, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** The name of a file about something with that title; `otherwise` where nothing of the title can be in one. */
export function fileName(title: string, otherwise: string, ending: string): string {
  const words = title.replaceAll(/[^\p{L}\p{N} _-]+/gu, "").slice(0, LONGEST_NAME);
  return `${words || otherwise}.${ending}`;
}

const DELIMITER_ROW = /^\|?[\s:|-]*-[\s:|-]*$/;

/**
 * Text that grows, without a table that has only begun: until its delimiter row is there Markdown shows the header
 * as a line of bars, and the page would jump when it turns into a table.
 */
export function withoutLooseEnd(text: string): string {
  const lines = text.split("\n");
  const end = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  let first = end;
  while (first > 0 && lines[first - 1]?.trimStart().startsWith("|")) first -= 1;
  const delimiter = lines[first + 1] ?? "";
  // The delimiter row is whole when another line has begun behind it.
  const begun = lines.length > first + 2 && DELIMITER_ROW.test(delimiter.trim());
  return first === end || begun ? text : lines.slice(0, first).join("\n");
}

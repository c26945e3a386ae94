// Writes src/protocol/generated.ts from the schema of the wire contract; `--check` fails when the file is stale.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../docs/protocol.schema.json", import.meta.url);
const TARGET = new URL("../src/protocol/generated.ts", import.meta.url);
const BANNER = "// Generated from docs/protocol.schema.json by `npm run generate`; never edit by hand.";

// Field titles would become types of their own and siblings of a reference would split one type in two; a field
// with one possible value is what tells the members of a union apart, so it must not be optional.
function tidy(node) {
  if (Array.isArray(node)) return node.map(tidy);
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") return { $ref: node.$ref };
  const kept = Object.entries(node).filter(
    ([key, value]) => key !== "discriminator" && !(key === "title" && typeof value === "string"),
  );
  const copy = Object.fromEntries(kept.map(([key, value]) => [key, tidy(value)]));
  if (copy.type === "object" && copy.properties) {
    const fixed = Object.keys(copy.properties).filter((name) => "const" in copy.properties[name]);
    copy.required = [...new Set([...(copy.required ?? []), ...fixed])];
  }
  return copy;
}

const document = JSON.parse(await readFile(SCHEMA, "utf8"));
const schema = tidy(document);
const roots = ["ServerEvent", "VisibleEvent", "Command"];
const types = await compile(
  {
    $defs: schema.$defs,
    type: "object",
    additionalProperties: false,
    required: roots,
    properties: Object.fromEntries(roots.map((name) => [name, { $ref: `#/$defs/${name}` }])),
  },
  "Protocol",
  {
    bannerComment: BANNER,
    additionalProperties: false,
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
  },
);
const limits = Object.entries(document["x-limits"]).map(([name, value]) => `  ${name}: ${value},\n`);
const text = `${types}
/** The most a command, what is said in one, and a note in one may have. */
export const LIMITS = {\n${limits.join("")}} as const;\n`;

if (process.argv.includes("--check")) {
  const current = await readFile(TARGET, "utf8").catch(() => "");
  if (current !== text) {
    console.error("src/protocol/generated.ts is stale: run `npm run generate`");
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, text);
}

/** Adds up what the first load of the chat page takes, gzipped: the page, and all it names or imports at once. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 250_000;
const DIST = new URL("../dist/", import.meta.url);

const page = readFileSync(new URL("index.html", DIST), "utf8");
const named = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
// What is imported as soon as a script runs counts as well; what `import()` fetches later does not.
const wanted = new Set(["index.html", ...named]);
for (const name of wanted) {
  if (!name.endsWith(".js")) continue;
  const text = readFileSync(new URL(name, DIST), "utf8");
  for (const match of text.matchAll(/\b(?:import|from)\s*"(\.\/[^"]+\.js)"/g))
    wanted.add(`assets/${match[1].slice(2)}`);
}
const sized = (name) => [name, gzipSync(readFileSync(new URL(name, DIST))).length];
const sizes = [...wanted].map(sized);
// Whoever does not read English waits for one more: the largest stands for all.
const languages = readdirSync(new URL("assets/", DIST)).filter((name) => /^language-.*\.js$/.test(name));
const [largest] = languages.map((name) => sized(`assets/${name}`)).sort(([, one], [, other]) => other - one);
if (largest) sizes.push(largest);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [name, size] of sizes) console.log(`${String(size).padStart(8)}  ${name}`);
console.log(`${String(total).padStart(8)}  of ${LIMIT} bytes gzip`);
process.exit(total <= LIMIT ? 0 : 1);

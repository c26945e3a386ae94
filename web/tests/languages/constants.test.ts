import ts from "typescript";
import { expect, it } from "vitest";

const SOURCES = import.meta.glob<string>("../../src/ui/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const CATALOG_FILE = /(Strings|Words|Labels|\/strings)"$/;

/** The catalogs a file imports, by the names it calls them. */
function catalogsIn(file: ts.SourceFile): Set<string> {
  const named = file.statements
    .filter(ts.isImportDeclaration)
    .flatMap(({ moduleSpecifier, importClause }) => {
      const bindings = importClause?.namedBindings;
      if (!CATALOG_FILE.test(moduleSpecifier.getText(file)) || !bindings) return [];
      return ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
    });
  return new Set(named);
}

/** What is read of catalogs when the file is loaded, so that it would stay in the language of that moment. */
function readOnLoading(file: ts.SourceFile): string[] {
  const catalogs = catalogsIn(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isPropertyAccessExpression(node) && catalogs.has(node.expression.getText(file)))
      found.push(node.getText(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function parsed(name: string, text: string): ts.SourceFile {
  const kind = name.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, false, kind);
}

it("keeps no sentence in a constant, where it would not follow the language", () => {
  const kept = Object.entries(SOURCES).flatMap(([name, text]) =>
    readOnLoading(parsed(name, text)).map((expression) => `${name}: ${expression}`),
  );
  expect(kept).toEqual([]);
});

it("would find one", () => {
  const text = `import { strings as words } from "./strings";
    const LABEL = { send: words.send };
    const later = () => words.stop;`;
  expect(readOnLoading(parsed("one.ts", text))).toEqual(["words.send"]);
});

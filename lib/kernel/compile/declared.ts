/**
 * What a cell that failed half-way leaves declared: the names whose statements had run, with the types of this cell; the
 * others as an earlier cell declared them, if one did. Types and interfaces have no statement to run and stay.
 */
import type * as TypeScript from 'typescript';

/** `before` and `after` are declarations as tslab keeps them; `missing` are the names that got no value. */
export function declaredByFailed(ts: typeof TypeScript, before: string, after: string, missing: ReadonlySet<string>): string {
  const kept = select(ts, after, (name) => !missing.has(name));
  const restored = select(ts, before, (name) => missing.has(name));
  return `${kept}${restored}`;
}

/** tslab forgets the namespaces of earlier cells; here they are kept, unless declared anew. */
export function withNamespaces(ts: typeof TypeScript, before: string, after: string): string {
  if (!before.includes('namespace ')) return after;
  const names = new Set(declaredIn(ts, after));
  return after + select(ts, before, (name, kind) => kind === ts.SyntaxKind.ModuleDeclaration && !names.has(name));
}

function declaredIn(ts: typeof TypeScript, declarations: string): string[] {
  const names: string[] = [];
  select(ts, declarations, (name) => names.push(name) > 0);
  return names;
}

type Chosen = (name: string, kind: TypeScript.SyntaxKind) => boolean;

/** Of a list of declarations those that declare a chosen name, of an import or a `const a, b` the chosen part. */
function select(ts: typeof TypeScript, declarations: string, chosen: Chosen): string {
  const { factory } = ts;
  const file = ts.createSourceFile('declarations.d.ts', declarations, ts.ScriptTarget.ES2022, true);
  const statements = file.statements.flatMap((statement): TypeScript.Statement[] => {
    if (ts.isVariableStatement(statement)) {
      const { declarationList } = statement;
      const some = declarationList.declarations.filter(({ name }) => ts.isIdentifier(name) && chosen(name.text, statement.kind));
      if (some.length === 0) return [];
      const list = factory.updateVariableDeclarationList(declarationList, some);
      return [factory.updateVariableStatement(statement, statement.modifiers, list)];
    }
    if (ts.isImportDeclaration(statement)) return importOf(ts, statement, chosen);
    const { name } = statement as TypeScript.DeclarationStatement;
    return name && 'text' in name && !chosen(name.text, statement.kind) ? [] : [statement];
  });
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed });
  return statements.map((statement) => `${printer.printNode(ts.EmitHint.Unspecified, statement, file)}\n`).join('');
}

function importOf(ts: typeof TypeScript, statement: TypeScript.ImportDeclaration, chosen: Chosen): TypeScript.Statement[] {
  const { factory } = ts;
  const { importClause } = statement;
  if (!importClause) return [];
  const { name, namedBindings } = importClause;
  const own = name && chosen(name.text, statement.kind) ? name : undefined;
  const bindings = !namedBindings
    ? undefined
    : ts.isNamespaceImport(namedBindings)
      ? keptNamespace(namedBindings)
      : keptNames(namedBindings);
  if (!own && !bindings) return [];
  const clause = factory.updateImportClause(importClause, importClause.isTypeOnly, own, bindings);
  return [factory.updateImportDeclaration(statement, statement.modifiers, clause, statement.moduleSpecifier, statement.assertClause)];

  function keptNamespace(all: TypeScript.NamespaceImport): TypeScript.NamespaceImport | undefined {
    return chosen(all.name.text, statement.kind) ? all : undefined;
  }
  function keptNames(all: TypeScript.NamedImports): TypeScript.NamedImports | undefined {
    const some = all.elements.filter((element) => chosen(element.name.text, statement.kind));
    return some.length > 0 ? factory.updateNamedImports(all, some) : undefined;
  }
}

/** Whether the cells of a notebook are right as one strict TypeScript file. */
import { dirname, resolve } from 'node:path';
import type * as TypeScript from 'typescript';
import { type CellPlace, cellsFile } from './cellsFile';
import type { Finding } from './finding';
import { type Notebook, tagsOf } from './notebook';

const OPTIONS = {
  allowImportingTsExtensions: false,
  esModuleInterop: true,
  exactOptionalPropertyTypes: false,
  lib: ['lib.es2022.d.ts'],
  noEmit: true,
  noUncheckedIndexedAccess: false,
  skipLibCheck: true,
  strict: true,
  types: ['node'],
};

/** Declarations of packages, which every notebook needs again. */
const PARSED = new Map<string, TypeScript.SourceFile | undefined>();

/**
 * All code cells as one strict TypeScript file. tslab itself checks cell by cell and not strictly, and lets a later cell
 * declare a name again, which hides the first from a reader. Cells that are meant to fail are left out.
 */
export function checkTypes(notebook: Notebook, path: string): Finding[] {
  const ts = require('typescript') as typeof TypeScript;
  const { text, placeOf: placeAt } = cellsFile(notebook, (cell) => (tagsOf(cell).includes('raises-exception') ? undefined : cell.source));
  const name = `${resolve(path)}.ts`;
  const options: TypeScript.CompilerOptions = {
    ...OPTIONS,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, ...rest) => {
    if (file === name) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    if (!PARSED.has(file)) PARSED.set(file, getSourceFile(file, ...rest));
    return PARSED.get(file);
  };
  host.fileExists = (file) => file === name || fileExists(file);
  host.readFile = (file) => (file === name ? text : readFile(file));
  host.getCurrentDirectory = () => dirname(name);
  const program = ts.createProgram([name], options, host);
  const file = program.getSourceFile(name)!;

  const placeOf = (position: number): CellPlace => {
    const { line, character } = file.getLineAndCharacterOfPosition(position);
    return placeAt(line, character);
  };
  const declaredAgain = redeclarations(ts, file, placeOf);
  const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  const others = diagnostics
    .filter(({ code }) => !REDECLARED.has(code))
    .map((diagnostic) => ({ ...placeOf(diagnostic.start ?? 0), message: ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ') }));
  const forgotten = floating(ts, program.getTypeChecker(), file).map((start) => ({
    ...placeOf(start),
    message: 'a promise that nobody waits for: write await before it, else what it prints lands in a later cell',
  }));
  return [...declaredAgain, ...others, ...forgotten];
}

/** Cannot redeclare, duplicate identifier, duplicate function, import conflicts with a local declaration. */
const REDECLARED = new Set([2451, 2300, 2393, 2440]);

type PlaceOf = (position: number) => CellPlace;

function redeclarations(ts: typeof TypeScript, file: TypeScript.SourceFile, placeOf: PlaceOf): Finding[] {
  const first = new Map<string, number>();
  const found: Finding[] = [];
  for (const { name, start, overload } of topLevelNames(ts, file)) {
    const place = placeOf(start);
    const before = first.get(name);
    if (before === undefined) first.set(name, place.cell);
    else if (before !== place.cell || !overload)
      found.push({ ...place, message: `${name} is already declared in cell ${before}: give one of them another name` });
  }
  return found;
}

type Declared = { name: string; start: number /** Functions and interfaces may stand several times in one place. */; overload: boolean };

function* topLevelNames(ts: typeof TypeScript, file: TypeScript.SourceFile): Generator<Declared> {
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) yield* boundNames(ts, name);
    else if (ts.isImportDeclaration(statement)) yield* importedNames(ts, statement);
    else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
      if (statement.name)
        yield { name: statement.name.text, start: statement.name.getStart(file), overload: ts.isFunctionDeclaration(statement) };
    } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      yield { name: statement.name.text, start: statement.name.getStart(file), overload: ts.isInterfaceDeclaration(statement) };
    }
  }
}

function* boundNames(ts: typeof TypeScript, name: TypeScript.BindingName): Generator<Declared> {
  if (ts.isIdentifier(name)) yield { name: name.text, start: name.getStart(), overload: false };
  else for (const element of name.elements) if (ts.isBindingElement(element)) yield* boundNames(ts, element.name);
}

function* importedNames(ts: typeof TypeScript, { importClause }: TypeScript.ImportDeclaration): Generator<Declared> {
  const named = importClause?.namedBindings;
  const names = [
    importClause?.name,
    ...(!named ? [] : ts.isNamespaceImport(named) ? [named.name] : named.elements.map((element) => element.name)),
  ];
  for (const name of names) if (name) yield { name: name.text, start: name.getStart(), overload: false };
}

/** Where statements stand that are promises and are neither awaited, nor marked with `void`, nor caught. */
function floating(ts: typeof TypeScript, checker: TypeScript.TypeChecker, file: TypeScript.SourceFile): number[] {
  const found: number[] = [];
  const isPromise = (node: TypeScript.Expression): boolean => {
    const type = checker.getTypeAtLocation(node);
    return (type.isUnion() ? type.types : [type]).some((one) => checker.getPropertyOfType(one, 'then') !== undefined);
  };
  const isCaught = (node: TypeScript.Expression): boolean =>
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'catch';
  const visit = (node: TypeScript.Node): void => {
    if (ts.isExpressionStatement(node) && !ts.isVoidExpression(node.expression) && isPromise(node.expression) && !isCaught(node.expression))
      found.push(node.getStart(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

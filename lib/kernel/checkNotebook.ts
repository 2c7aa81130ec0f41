/** What must not be in a committed notebook, and whether its cells are right as one strict TypeScript file. */
import { dirname, resolve } from 'node:path';
import type * as TypeScript from 'typescript';
import { isCode, isObject, type JsonValue, type Notebook, type Output, tagsOf } from './notebook';

export type Finding = {
  /** Counted from 1 over all cells. */
  readonly cell: number;
  /** Of the cell's source; undefined for what is in its outputs. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
};

const LARGEST_OUTPUT = 300_000; // characters of its JSON

const ABSOLUTE_PATH =
  /(?<![\w.:/-])(?:file:\/\/)?\/(?:home|root|Users|tmp|var|work|opt|mnt|usr|private|srv)\/[\w.-]+[^\s"'`<>)\]]*|(?<!\w)[A-Za-z]:\\[\w.-]+/;

export function checkContent(notebook: Notebook): Finding[] {
  const found: Finding[] = [];
  for (const [index, cell] of notebook.cells.entries()) {
    const at = index + 1;
    for (const [line, text] of cell.source.split('\n').entries()) {
      const path = ABSOLUTE_PATH.exec(text);
      if (path) found.push({ cell: at, line: line + 1, column: path.index + 1, message: `an absolute path: ${path[0]}` });
    }
    if (!isCode(cell)) continue;
    for (const output of cell.outputs) {
      const size = JSON.stringify(output).length;
      if (size > LARGEST_OUTPUT)
        found.push({ cell: at, message: `an output of ${Math.round(size / 1000)} kB, more than ${LARGEST_OUTPUT / 1000} kB` });
      const path = textsOf(output)
        .map((text) => ABSOLUTE_PATH.exec(text)?.[0])
        .find((match) => match !== undefined);
      if (path !== undefined) found.push({ cell: at, message: `an absolute path in an output: ${path}` });
    }
  }
  return found;
}

/** What a reader sees as text. */
function textsOf(output: Output): string[] {
  const { text, traceback, data } = output;
  const shown = isObject(data)
    ? Object.entries(data)
        .filter(([mime]) => mime.startsWith('text/'))
        .map(([, value]) => value)
    : [];
  return [text, ...(Array.isArray(traceback) ? traceback : []), ...shown].filter(
    (value): value is JsonValue & string => typeof value === 'string',
  );
}

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
  const cells = notebook.cells
    .map((cell, index) => ({ cell: index + 1, source: cell.source, code: isCode(cell) && !tagsOf(cell).includes('raises-exception') }))
    .filter(({ code }) => code);
  const starts: number[] = [];
  let text = 'export {};\n'; // a module, so that await is allowed at its top
  for (const { source } of cells) {
    starts.push(text.split('\n').length - 1);
    text += `${source.replace(/\n$/, '')}\n;\n`; // a cell may end without a semicolon
  }
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

  const placeOf = (position: number): { cell: number; line: number; column: number } => {
    const { line, character } = file.getLineAndCharacterOfPosition(position);
    const at = starts.filter((start) => start <= line).length - 1;
    return { cell: cells[at]?.cell ?? 1, line: line - (starts[at] ?? 0) + 1, column: character + 1 };
  };
  const declaredAgain = redeclarations(ts, file, placeOf);
  const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  const others = diagnostics
    .filter(({ code }) => !REDECLARED.has(code))
    .map((diagnostic) => ({ ...placeOf(diagnostic.start ?? 0), message: ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ') }));
  return [...declaredAgain, ...others].sort((a, b) => a.cell - b.cell || a.line - b.line);
}

/** Cannot redeclare, duplicate identifier, duplicate function, import conflicts with a local declaration. */
const REDECLARED = new Set([2451, 2300, 2393, 2440]);

type PlaceOf = (position: number) => { cell: number; line: number; column: number };

function redeclarations(ts: typeof TypeScript, file: TypeScript.SourceFile, placeOf: PlaceOf): Required<Finding>[] {
  const first = new Map<string, number>();
  const found: Required<Finding>[] = [];
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

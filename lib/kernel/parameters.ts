/**
 * Parameters of a notebook: the declarations of its cell tagged `parameters`. Values given from outside are checked against
 * the declared names and types and put into a cell of their own below it, tagged `injected-parameters`, as papermill does.
 */
import type * as TypeScript from 'typescript';
import { type Cell, type CodeCell, isCode, type Notebook, newCellId, tagsOf } from './notebook';

export type Kind = 'number' | 'string' | 'boolean' | 'number[]' | 'string[]' | 'boolean[]';

export type Parameter = {
  readonly name: string;
  readonly keyword: 'const' | 'let' | 'var';
  /** Undefined where a value of its type cannot be given from outside. */
  readonly kind: Kind | undefined;
  /** Its type as written, or as its value says. */
  readonly type: string;
  /** The only values it may have, where its type is a union of literals. */
  readonly choices: readonly string[] | undefined;
  readonly hasValue: boolean;
};

export type Given = Readonly<Record<string, string>>;

/** Bad input: says what is wrong with which parameter. */
export class ParameterError extends Error {
  override readonly name: string = 'ParameterError';
}

const TAG = 'parameters';
const INJECTED = 'injected-parameters';

export function parametersOf(notebook: Notebook): Parameter[] | undefined {
  const cell = notebook.cells.find((found) => isCode(found) && tagsOf(found).includes(TAG));
  return cell && declarationsIn(cell.source);
}

/** The notebook with a cell that sets the values given; throws a `ParameterError` where one does not fit. */
export function withParameters(notebook: Notebook, given: Given): Notebook {
  const declared = parametersOf(notebook);
  const names = Object.keys(given);
  if (!declared) {
    if (names.length === 0) return notebook;
    throw new ParameterError(`${names[0]} cannot be set: the notebook has no cell tagged "${TAG}"`);
  }
  const lines = names.map((name) => assignment(name, given[name]!, declared));
  const unset = declared.find(({ name, hasValue }) => !hasValue && given[name] === undefined);
  if (unset) throw new ParameterError(`parameter ${unset.name} (${unset.type}) has no value: give one with -p ${unset.name}=...`);
  if (lines.length === 0) return notebook;
  const kept = notebook.cells.filter((cell) => !tagsOf(cell).includes(INJECTED));
  const at = kept.findIndex((cell) => isCode(cell) && tagsOf(cell).includes(TAG));
  return { ...notebook, cells: [...kept.slice(0, at + 1), injectedCell(lines), ...kept.slice(at + 1)] };
}

function injectedCell(lines: readonly string[]): Cell {
  const source = lines.join('\n');
  const cell: CodeCell = {
    cell_type: 'code',
    execution_count: null,
    id: newCellId(source),
    metadata: { tags: [INJECTED] },
    outputs: [],
    source,
  };
  return cell;
}

function assignment(name: string, text: string, declared: readonly Parameter[]): string {
  const parameter = declared.find((one) => one.name === name);
  if (!parameter)
    throw new ParameterError(
      `unknown parameter ${name}${suggestion(
        name,
        declared.map((one) => one.name),
      )}`,
    );
  const { keyword, kind, type, choices } = parameter;
  if (!kind) throw new ParameterError(`parameter ${name} has the type ${type}, which cannot be given from outside`);
  const value = parseValue(text, kind);
  if (value === undefined || (choices && !choices.includes(String(value)))) {
    throw new ParameterError(`parameter ${name}: expected ${choices ? choices.join(' or ') : type}, got ${JSON.stringify(text)}`);
  }
  return `${keyword} ${name}: ${type} = ${JSON.stringify(value)};`;
}

function parseValue(text: string, kind: Kind): unknown {
  if (kind.endsWith('[]')) return parseList(text.trim(), kind.slice(0, -2) as Kind);
  if (kind === 'number') return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text;
}

/** `[1, 2]` as JSON, or `1,2`. */
function parseList(text: string, kind: Kind): unknown[] | undefined {
  if (text === '') return [];
  if (text.startsWith('[')) return parseJsonList(text, kind);
  const items = text.split(',').map((part) => parseValue(part.trim(), kind));
  return items.includes(undefined) ? undefined : items;
}

function parseJsonList(text: string, kind: Kind): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === kind) ? list : undefined;
  } catch {
    return undefined;
  }
}

function declarationsIn(source: string): Parameter[] {
  const ts = require('typescript') as typeof TypeScript;
  const file = ts.createSourceFile('parameters.ts', source, ts.ScriptTarget.ES2022, true);
  const found: Parameter[] = [];
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const { flags, declarations } = statement.declarationList;
    const keyword = flags & ts.NodeFlags.Const ? 'const' : flags & ts.NodeFlags.Let ? 'let' : 'var';
    for (const { name, type, initializer } of declarations) {
      if (!ts.isIdentifier(name)) continue;
      const written = type?.getText(file) ?? typeOfValue(ts, initializer);
      const choices = choicesOf(written);
      found.push({
        name: name.text,
        keyword,
        kind: choices ? 'string' : kindOf(written),
        type: written,
        choices,
        hasValue: initializer !== undefined,
      });
    }
  }
  return found;
}

function typeOfValue(ts: typeof TypeScript, value: TypeScript.Expression | undefined): string {
  if (!value) return 'any';
  if (ts.isPrefixUnaryExpression(value)) return typeOfValue(ts, value.operand);
  if (ts.isNumericLiteral(value)) return 'number';
  if (ts.isStringLiteralLike(value)) return 'string';
  if (value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword) return 'boolean';
  if (ts.isArrayLiteralExpression(value) && value.elements.length > 0) return `${typeOfValue(ts, value.elements[0])}[]`;
  return 'any';
}

function kindOf(type: string): Kind | undefined {
  const array = /^(?:readonly\s+)?(number|string|boolean)\[\]$|^(?:Readonly)?Array<(number|string|boolean)>$/.exec(type);
  if (array) return `${(array[1] ?? array[2]) as 'number'}[]`;
  return type === 'number' || type === 'string' || type === 'boolean' ? type : undefined;
}

function choicesOf(type: string): string[] | undefined {
  const parts = type.split('|').map((part) => /^(['"])(.*)\1$/.exec(part.trim())?.[2]);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** The nearest of the names, or all of them where none is near. */
export function suggestion(name: string, names: readonly string[]): string {
  const [nearest] = names.map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) })).sort((a, b) => a.far - b.far);
  if (nearest && nearest.far <= Math.max(2, name.length / 3)) return `; did you mean ${nearest.other}?`;
  return names.length > 0 ? `; the notebook has ${names.join(', ')}` : '; the notebook has none';
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

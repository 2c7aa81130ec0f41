/**
 * Parameters of a notebook: the declarations of its cell tagged `parameters`. Values given from outside are checked against
 * the declared names and types and put into a cell of their own below it, tagged `injected-parameters`, as papermill does.
 */
import type * as TypeScript from 'typescript';
import { suggestion } from '../errors/nearest';
import { type Cell, type CodeCell, isCode, type JsonValue, type Notebook, newCellId, tagsOf } from './notebook';
import { choices, literal, parseValue, typeOfValue, typeText, type ValueType, writtenType } from './valueType';

export type Parameter = {
  readonly name: string;
  readonly keyword: 'const' | 'let' | 'var';
  /** Its type as written, or as its value says. */
  readonly type: string;
  /** What may be given; undefined where a value of its type cannot be given from outside. */
  readonly accepts: ValueType | undefined;
  readonly hasValue: boolean;
  /** Its value, where that is written out. */
  readonly value: JsonValue | undefined;
};

export type Given = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, JsonValue>>;

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

/** The values that the notebook itself gives, those that are written out. */
export function defaultValues(notebook: Notebook): Values {
  const all = (parametersOf(notebook) ?? []).flatMap(({ name, value }): [string, JsonValue][] =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(all);
}

/** What the texts given mean; throws a `ParameterError` where one does not fit. */
export function givenValues(notebook: Notebook, given: Given): Values {
  const declared = parametersOf(notebook);
  const names = Object.keys(given);
  if (!declared) {
    if (names.length === 0) return {};
    throw new ParameterError(`${names[0]} cannot be set: the notebook has no cell tagged "${TAG}"`);
  }
  const values = Object.fromEntries(names.map((name) => [name, givenValue(name, given[name]!, declared)]));
  const unset = declared.find(({ name, hasValue }) => !hasValue && given[name] === undefined);
  if (unset) throw new ParameterError(`parameter ${unset.name} (${unset.type}) has no value: give one with -p ${unset.name}=...`);
  return values;
}

/** The notebook with a cell that sets the values given; throws a `ParameterError` where one does not fit. */
export function withParameters(notebook: Notebook, given: Given): Notebook {
  const declared = parametersOf(notebook) ?? [];
  const lines = Object.entries(givenValues(notebook, given)).map(([name, value]) => {
    const { keyword, type } = declared.find((one) => one.name === name)!;
    return `${keyword} ${name}: ${type} = ${JSON.stringify(value)};`;
  });
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

function givenValue(name: string, text: string, declared: readonly Parameter[]): JsonValue {
  const parameter = declared.find((one) => one.name === name);
  if (!parameter) {
    const names = declared.map((one) => one.name);
    throw new ParameterError(`unknown parameter ${name}${suggestion(name, names)}`);
  }
  const { accepts, type } = parameter;
  if (!accepts) throw new ParameterError(`parameter ${name} has the type ${type}, which cannot be given from outside`);
  const value = parseValue(text, accepts);
  if (value === undefined) {
    throw new ParameterError(`parameter ${name}: expected ${choices(accepts)?.join(' or ') ?? type}, got ${JSON.stringify(text)}`);
  }
  return value;
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
      const accepts = type ? writtenType(ts, type) : initializer && typeOfValue(ts, initializer);
      found.push({
        name: name.text,
        keyword,
        type: type?.getText(file) ?? (accepts ? typeText(accepts) : 'any'),
        accepts,
        hasValue: initializer !== undefined,
        value: initializer && literal(ts, initializer),
      });
    }
  }
  return found;
}

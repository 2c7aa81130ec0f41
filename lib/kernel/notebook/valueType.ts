/** Types whose values can be given as text: numbers, text, booleans, literals, lists and unions of them. */
import type * as TypeScript from 'typescript';
import type { JsonValue } from './notebook';

export type ValueType =
  | { readonly is: 'number' | 'string' | 'boolean' }
  | { readonly is: 'literal'; readonly value: string | number | boolean }
  | { readonly is: 'list'; readonly of: ValueType }
  | { readonly is: 'union'; readonly of: readonly ValueType[] };

type Ts = typeof TypeScript;

/** A type as written; undefined where no value of it can be given as text. */
export function writtenType(ts: Ts, node: TypeScript.TypeNode): ValueType | undefined {
  if (ts.isParenthesizedTypeNode(node)) return writtenType(ts, node.type);
  if (ts.isTypeOperatorNode(node)) return node.operator === ts.SyntaxKind.ReadonlyKeyword ? writtenType(ts, node.type) : undefined;
  if (ts.isArrayTypeNode(node)) return listOf(writtenType(ts, node.elementType));
  if (ts.isTypeReferenceNode(node)) {
    const isList = /^(Readonly)?Array$/.test(node.typeName.getText()) && node.typeArguments?.length === 1;
    return isList ? listOf(writtenType(ts, node.typeArguments[0]!)) : undefined;
  }
  if (ts.isUnionTypeNode(node)) {
    const given = node.types.filter((one) => !/^(undefined|null)$/.test(one.getText())); // what is left out is not given
    return unionOf(given.map((one) => writtenType(ts, one)));
  }
  if (ts.isLiteralTypeNode(node)) {
    const value = literal(ts, node.literal);
    return typeof value === 'object' || value === undefined ? undefined : { is: 'literal', value };
  }
  const name = node.getText();
  return name === 'number' || name === 'string' || name === 'boolean' ? { is: name } : undefined;
}

/** The type that a value without a written type says. */
export function typeOfValue(ts: Ts, node: TypeScript.Expression): ValueType | undefined {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return typeOfValue(ts, node.expression);
  if (ts.isBinaryExpression(node)) {
    const sides = [typeOfValue(ts, node.left)?.is, typeOfValue(ts, node.right)?.is];
    return /^[-+*/%]$|^\*\*$/.test(node.operatorToken.getText()) && sides.every((side) => side === 'number') ? { is: 'number' } : undefined;
  }
  if (ts.isArrayLiteralExpression(node)) {
    return node.elements.length === 0 ? undefined : listOf(unionOf(node.elements.map((element) => typeOfValue(ts, element))));
  }
  const value = literal(ts, node);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return { is: typeof value as 'number' };
  return undefined;
}

/** The value of an expression that is written out; undefined for one that is computed. */
export function literal(ts: Ts, node: TypeScript.Node): JsonValue | undefined {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node)) return literal(ts, node.expression);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isPrefixUnaryExpression(node)) {
    const value = literal(ts, node.operand);
    if (typeof value !== 'number') return undefined;
    return node.operator === ts.SyntaxKind.MinusToken ? -value : node.operator === ts.SyntaxKind.PlusToken ? value : undefined;
  }
  if (!ts.isArrayLiteralExpression(node)) return undefined;
  const items = node.elements.map((element) => literal(ts, element));
  return items.includes(undefined) ? undefined : (items as JsonValue[]);
}

/** The value that a text means; undefined where it means none of the type. */
export function parseValue(text: string, type: ValueType): JsonValue | undefined {
  switch (type.is) {
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'string':
      return text;
    case 'literal':
      return parseValue(text, { is: typeof type.value as 'string' }) === type.value ? type.value : undefined;
    case 'list':
      return parseList(text.trim(), type.of);
    case 'union': {
      const members = [...type.of].sort((a, b) => Number(a.is === 'string') - Number(b.is === 'string')); // every text is a string
      return members.map((one) => parseValue(text, one)).find((value) => value !== undefined);
    }
  }
}

/** `[1, 2]` as JSON, or `1,2`. */
function parseList(text: string, type: ValueType): JsonValue[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('[')) {
    const items = text.split(',').map((part) => parseValue(part.trim(), type));
    return items.includes(undefined) ? undefined : (items as JsonValue[]);
  }
  try {
    const list: JsonValue = JSON.parse(text);
    return fits(list, { is: 'list', of: type }) ? (list as JsonValue[]) : undefined;
  } catch {
    return undefined;
  }
}

function fits(value: JsonValue, type: ValueType): boolean {
  if (type.is === 'literal') return value === type.value;
  if (type.is === 'union') return type.of.some((one) => fits(value, one));
  if (type.is === 'list') return Array.isArray(value) && value.every((item) => fits(item, type.of));
  return typeof value === type.is;
}

/** The only values of a type, where they can be counted. */
export function choices(type: ValueType): string[] | undefined {
  const literals = type.is === 'union' ? type.of : [type];
  return literals.every((one) => one.is === 'literal') ? literals.map(({ value }) => String(value)) : undefined;
}

const listOf = (of: ValueType | undefined): ValueType | undefined => of && { is: 'list', of };

function unionOf(types: readonly (ValueType | undefined)[]): ValueType | undefined {
  const different = [...new Map(types.map((one) => [JSON.stringify(one), one])).values()];
  if (different.length === 0 || different.includes(undefined)) return undefined;
  return different.length === 1 ? different[0] : { is: 'union', of: different as ValueType[] };
}

/** As it is written in TypeScript. */
export function typeText(type: ValueType): string {
  if (type.is === 'literal') return JSON.stringify(type.value);
  if (type.is === 'union') return type.of.map(typeText).join(' | ');
  if (type.is !== 'list') return type.is;
  return type.of.is === 'union' ? `(${typeText(type.of)})[]` : `${typeText(type.of)}[]`;
}

/**
 * What is changed in a cell between its ES module and the CommonJS that runs:
 *
 *   await x                  await __fovea__.pause(x)               where an interrupted cell ends
 *   for await (a of b)       for await (a of __fovea__.each(b))     the same
 *   import('x')              __fovea__.load('x')                    finds ES modules too
 *   exports.a = void 0       left out: a name keeps the value of an earlier cell until it is declared anew
 *   exports.a = a            for a variable that can change: an accessor, so that later cells and this one share it
 */
import type * as TypeScript from 'typescript';

/** The name under which a cell's code finds the kernel's functions. */
export const RUNTIME = '__fovea__';

export type Found = {
  /** The cell awaits outside of its functions. */
  asynchronous: boolean;
  /** The names that it declares. */
  readonly names: Set<string>;
};

export function prepareCell(ts: typeof TypeScript, found: Found): TypeScript.CustomTransformers {
  const variables = new Set<string>();
  return { before: [ownAwaits(ts, found, variables)], after: [ownExports(ts, found, variables)] };
}

function ownAwaits(ts: typeof TypeScript, found: Found, variables: Set<string>): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => {
    const { factory } = context;
    const call = (name: string, argument: TypeScript.Expression, place: TypeScript.Node): TypeScript.Expression => {
      const method = factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), name);
      return ts.setTextRange(factory.createCallExpression(method, undefined, [argument]), place);
    };
    let depth = 0;
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      const inFunction = ts.isFunctionLike(node);
      if (inFunction) depth++;
      const seen = ts.visitEachChild(node, visit, context);
      if (inFunction) depth--;
      if (ts.isAwaitExpression(seen)) {
        if (depth === 0) found.asynchronous = true;
        return factory.updateAwaitExpression(seen, call('pause', seen.expression, seen.expression));
      }
      if (ts.isForOfStatement(seen) && seen.awaitModifier) {
        if (depth === 0) found.asynchronous = true;
        const each = call('each', seen.expression, seen.expression);
        return factory.updateForOfStatement(seen, seen.awaitModifier, seen.initializer, each, seen.statement);
      }
      if (ts.isCallExpression(seen) && seen.expression.kind === ts.SyntaxKind.ImportKeyword && seen.arguments[0])
        return call('load', seen.arguments[0], seen);
      return seen;
    };
    return (file) => {
      for (const statement of file.statements) {
        for (const name of variablesOf(ts, statement)) variables.add(name);
        if (ts.isFunctionDeclaration(statement) && statement.name) found.names.add(statement.name.text);
      }
      return ts.visitEachChild(file, visit, context);
    };
  };
}

function ownExports(
  ts: typeof TypeScript,
  found: Found,
  variables: ReadonlySet<string>,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return ({ factory }) =>
    (file) => {
      const statements = file.statements.flatMap((statement): TypeScript.Statement[] => {
        const { names, value } = exported(ts, statement);
        const [name] = names;
        if (name === undefined || !value) return [statement];
        if (ts.isVoidExpression(value) && ts.isNumericLiteral(value.expression)) {
          for (const hoisted of names) found.names.add(hoisted);
          return [];
        }
        return variables.has(name) && ts.isIdentifier(value) && value.text === name ? [accessor(ts, factory, name)] : [statement];
      });
      return factory.updateSourceFile(file, statements);
    };
}

/** The names and the value of `exports.a = exports.b = value`. */
function exported(ts: typeof TypeScript, statement: TypeScript.Statement): { names: string[]; value?: TypeScript.Expression } {
  if (!ts.isExpressionStatement(statement)) return { names: [] };
  const names: string[] = [];
  let value = statement.expression;
  while (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    const { left } = value;
    if (!ts.isPropertyAccessExpression(left) || !ts.isIdentifier(left.expression) || left.expression.text !== 'exports') break;
    names.push(left.name.text);
    value = value.right;
  }
  return { names, value };
}

/** `Object.defineProperty(exports, "a", { get: () => a, set: value => { a = value; } })` */
function accessor(ts: typeof TypeScript, factory: TypeScript.NodeFactory, name: string): TypeScript.Statement {
  const arrow = factory.createToken(ts.SyntaxKind.EqualsGreaterThanToken);
  const local = factory.createIdentifier(name); // a new one: to the parsed one TypeScript would add `exports.a =` as it prints
  const given = factory.createUniqueName('value');
  const get = factory.createArrowFunction(undefined, undefined, [], undefined, arrow, local);
  const parameter = factory.createParameterDeclaration(undefined, undefined, given);
  const assign = factory.createBlock([factory.createExpressionStatement(factory.createAssignment(local, given))]);
  const set = factory.createArrowFunction(undefined, undefined, [parameter], undefined, arrow, assign);
  const attributes = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment('get', get),
    factory.createPropertyAssignment('set', set),
  ]);
  const define = factory.createPropertyAccessExpression(factory.createIdentifier('Object'), 'defineProperty');
  const exports = factory.createIdentifier('exports');
  return factory.createExpressionStatement(
    factory.createCallExpression(define, undefined, [exports, factory.createStringLiteral(name), attributes]),
  );
}

/** Names declared by `let` or `var`. */
function variablesOf(ts: typeof TypeScript, statement: TypeScript.Statement): string[] {
  if (!ts.isVariableStatement(statement) || statement.declarationList.flags & ts.NodeFlags.Const) return [];
  return statement.declarationList.declarations.flatMap(({ name }) => boundNames(ts, name));
}

function boundNames(ts: typeof TypeScript, name: TypeScript.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(ts, element.name) : []));
}

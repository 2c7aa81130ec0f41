/**
 * tslab turns a name that an earlier cell declared into a property of `exports`, but not where the name stands for both
 * property and value: `{ data }` would fail with "data is not defined". Here such a shorthand is written out before tslab's
 * own change, as `{ data: exports.data }`.
 */
import type * as TypeScript from 'typescript';

type Create = TypeScript.CreateProgram<TypeScript.EmitAndSemanticDiagnosticsBuilderProgram>;

/** A maker of programs whose emit writes shorthands out first. */
export function writingOutShorthands(ts: typeof TypeScript, create: Create): Create {
  return (...args) => {
    const builder = create(...args);
    const emit = builder.emit.bind(builder);
    builder.emit = (file, write, token, onlyDeclarations, transformers) => {
      const first = writeOut(ts, builder.getProgram().getTypeChecker());
      return emit(file, write, token, onlyDeclarations, { ...transformers, before: [first, ...(transformers?.before ?? [])] });
    };
    return builder;
  };
}

function writeOut(ts: typeof TypeScript, checker: TypeScript.TypeChecker): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => (file) => {
    const earlier = file.parent as TypeScript.Node | undefined; // tslab hangs the declarations of the cells before there
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (!ts.isShorthandPropertyAssignment(node)) return ts.visitEachChild(node, visit, context);
      const declared = checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
      if (!earlier || !declared.some((declaration) => declaration.getSourceFile() === earlier))
        return ts.visitEachChild(node, visit, context);
      const { factory } = ts;
      const value = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), node.name.text);
      const fallback = node.objectAssignmentInitializer;
      const right = fallback ? factory.createAssignment(value, ts.visitNode(fallback, visit) as TypeScript.Expression) : value;
      return ts.setTextRange(factory.createPropertyAssignment(factory.createIdentifier(node.name.text), right), node);
    };
    return ts.visitEachChild(file, visit, context);
  };
}

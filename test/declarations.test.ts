/**
 * Cells are compiled by the kernel's TypeScript 5.0.4, the library by a much newer one. What the newer one writes into its
 * declarations (`Float32Array<ArrayBuffer>`, `NoInfer`) the older one would silently take for `any`; here it may not.
 */
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import type * as TypeScript from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');
const ts = createRequire(__filename)('@tslab/typescript-for-tslab') as typeof TypeScript;

/** A cell of this source, with the library's declarations as they were emitted. */
function programOf(source: string): { program: TypeScript.Program; consumer: TypeScript.SourceFile } {
  const path = join(root, 'notebooks', 'consumer.ts');
  const options: TypeScript.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    esModuleInterop: true,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.NodeJs,
    target: ts.ScriptTarget.ES2020,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === path || fileExists(file);
  host.getSourceFile = (file, ...rest) => (file === path ? ts.createSourceFile(file, source, rest[0]) : getSourceFile(file, ...rest));
  const program = ts.createProgram([path], options, host);
  return { program, consumer: program.getSourceFile(path)! };
}

const isOurs = (file: string): boolean => !relative(root, file).includes('node_modules');

/** Errors that 5.0.4 finds in the consumer and in the library's declarations. */
function errorsOf(source: string): string[] {
  const found = ts.getPreEmitDiagnostics(programOf(source).program).filter(({ file }) => file && isOurs(file.fileName));
  return found.map(
    ({ code, file, messageText }) => `${relative(root, file!.fileName)} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
}

/**
 * Where a type that cells get from a module is `any`: exports, what functions take and give, what objects hold. Members that
 * other packages declare are theirs.
 */
function anyIn(source: string, specifier: string): { names: string[]; any: string[] } {
  const { program, consumer } = programOf(source);
  const checker = program.getTypeChecker();
  const literal = consumer.statements
    .filter(ts.isImportDeclaration)
    .find(({ moduleSpecifier }) => moduleSpecifier.getText(consumer).slice(1, -1) === specifier)!;
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(literal.moduleSpecifier)!);
  const any: string[] = [];
  const seen = new Set<TypeScript.Type>();
  const visit = (type: TypeScript.Type, path: string): void => {
    if (type.flags & ts.TypeFlags.Any) return void any.push(path);
    if (seen.has(type)) return;
    seen.add(type);
    if (type.isUnionOrIntersection()) {
      for (const one of type.types) visit(one, path);
      return;
    }
    const declared = type.symbol?.declarations;
    visitArguments(type, path);
    if (declared && !declared.some((one) => isOurs(one.getSourceFile().fileName))) return;
    for (const [i, signature] of [...type.getCallSignatures(), ...type.getConstructSignatures()].entries()) {
      for (const parameter of signature.parameters)
        visit(checker.getTypeOfSymbolAtLocation(parameter, consumer), `${path}(${parameter.name})`);
      visit(signature.getReturnType(), `${path}()${i || ''}`);
    }
    for (const property of type.getProperties()) {
      if (property.declarations?.some((one) => isOurs(one.getSourceFile().fileName)))
        visit(checker.getTypeOfSymbolAtLocation(property, consumer), `${path}.${property.name}`);
    }
  };
  const visitArguments = (type: TypeScript.Type, path: string): void => {
    for (const [i, one] of checker.getTypeArguments(type as TypeScript.TypeReference).entries()) visit(one, `${path}<${i}>`);
  };
  for (const symbol of exported) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (target.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbolAtLocation(target, consumer), symbol.name);
    if (target.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(target), symbol.name);
  }
  return { names: exported.map(({ name }) => name), any };
}

describe('the declarations of the library, read by the TypeScript of cells', () => {
  it('is 5.0.4', () => {
    expect(ts.version).toBe('5.0.4');
  });

  it('are whole, and give cells real types: a wrong use is an error, a right one is not', () => {
    const errors = errorsOf(`
      import { squeezeExcite, tf } from 'fovea';
      const gate = squeezeExcite({ dim: 8 });
      const axes: string | object = gate.axes;
      const image: tf.Tensor = tf.zeros([1, 2, 2, 8]);
      squeezeExcite({ dims: 8 });
      const wrong: number = gate.axes;
      export { axes, image, wrong };`);
    expect(errors.map((error) => error.split(' ').slice(0, 2).join(' '))).toEqual([
      'notebooks/consumer.ts TS2345', // dims
      'notebooks/consumer.ts TS2322', // a string is no number
    ]);
  });

  it('hold no any for a cell: not in an export, in what a function takes or gives, nor in what an object holds', () => {
    const { names, any } = anyIn("import * as fovea from 'fovea';\nfovea;", 'fovea');
    expect(names).toEqual(expect.arrayContaining(['squeezeExcite', 'tf', 'Figure', 'reload']));
    expect(names.length).toBeGreaterThan(100);
    expect(any).toEqual([]);
  });

  it('would not be passed over: an any anywhere is found', () => {
    const cell =
      "import * as all from './consumer';\nexport const a = (x: { y: any }): any[] => [x];\nexport type B = { c: Missing };\nall;";
    expect(anyIn(cell, './consumer').any).toEqual(['a(x).y', 'a()<0>', 'B.c']);
  });
});

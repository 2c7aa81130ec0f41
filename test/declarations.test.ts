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

/** Errors that 5.0.4 finds in the consumer and in the library's declarations, which it reads as they were emitted. */
function errorsOf(source: string): string[] {
  const consumer = join(root, 'notebooks', 'consumer.ts');
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
  host.fileExists = (path) => path === consumer || fileExists(path);
  host.getSourceFile = (path, ...rest) => (path === consumer ? ts.createSourceFile(path, source, rest[0]) : getSourceFile(path, ...rest));
  const found = ts.getPreEmitDiagnostics(ts.createProgram([consumer], options, host));
  const ours = found.filter(({ file }) => file && (file.fileName === consumer || !relative(root, file.fileName).includes('node_modules')));
  return ours.map(
    ({ code, file, messageText }) => `${relative(root, file!.fileName)} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
  );
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
});

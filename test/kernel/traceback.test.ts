import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../lib/kernel/client';
import { here, ofType, traceback } from './running';

describe('the errors of a kernel', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });

  it('names line and column as they were written, with the line itself', async () => {
    await kernel.execute("import * as fs from 'node:fs';\nimport { join } from 'node:path';");
    const { reply, published } = await kernel.execute(
      'type Size = number;\nfunction check(size: Size): Size {\n  throw new RangeError("size " + size);\n}\n\ncheck(3);',
    );
    expect([reply.ename, reply.evalue]).toEqual(['RangeError', 'size 3']);
    expect(traceback({ reply, published })).toEqual([
      'RangeError: size 3',
      '    at check (In[2]:3:9)',
      '    at In[2]:6:1',
      '        2 | function check(size: Size): Size {',
      '  -->   3 |   throw new RangeError("size " + size);',
      '                    ^',
      '        4 | }',
    ]);
    expect(ofType(published, 'error')[0]).toMatchObject({ ename: 'RangeError', evalue: 'size 3', traceback: reply.traceback });
  });

  it('finds the line of a function that an earlier cell declared', async () => {
    await kernel.execute('const half = (x: number): number => {\n  if (x % 2 === 1) throw new Error(x + " is odd");\n  return x / 2;\n};');
    const failed = await kernel.execute('\n\nhalf(5);');
    expect(traceback(failed).slice(0, 3)).toEqual(['Error: 5 is odd', '    at half (In[3]:2:26)', '    at In[4]:3:1']);
  });

  it('names the TypeScript line of a frame in the library', async () => {
    await kernel.execute("import { sizes, tf } from 'fovea';");
    const lines = traceback(await kernel.execute("const x = tf.zeros([2, 3]);\nsizes(x, 'b h w c');"));
    expect(lines[1]).toMatch(/^ {4}at sizes \(lib\/tensor\/axes\.ts:\d+:\d+\)$/);
    expect(lines[2]).toBe('    at In[6]:2:1');
  });

  it('gives the place of a type error and does not run the cell', async () => {
    const { reply, published } = await kernel.execute("console.log('ran');\nconst n: number = 'one';");
    expect([reply.ename, reply.evalue]).toEqual(['TypeScriptError', "2:7 Type 'string' is not assignable to type 'number'."]);
    expect(traceback({ reply, published })).toEqual([
      'TypeScriptError: the cell was not run',
      "In[7]:2:7 Type 'string' is not assignable to type 'number'. (TS2322)",
      "        1 | console.log('ran');",
      "  -->   2 | const n: number = 'one';",
      '                  ^',
    ]);
    expect(ofType(published, 'stream')).toEqual([]);
  });

  it('shows what caused an error, and what was thrown that is no error', async () => {
    const lines = traceback(await kernel.execute("throw new Error('outer', { cause: new TypeError('inner') });"));
    expect(lines.filter((line) => /^\w/.test(line))).toEqual(['Error: outer', 'caused by', 'TypeError: inner']);
    const { reply } = await kernel.execute('throw { code: 7 };');
    expect([reply.ename, reply.evalue]).toEqual(['Thrown', '{ code: 7 }']);
  });
});

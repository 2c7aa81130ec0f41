import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, ofType, printed, traceback } from '../running';

/** A folder with a notebook's own files in it. */
const folder = mkdtempSync(join(tmpdir(), 'fovea-traceback-'));
mkdirSync(join(folder, 'notebooks'));
symlinkSync(resolve(here, '../node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'notebooks/broken.js'), '// a comment\nconst = 1;\n');
const helper = ['export type Count = number;', '/** Never works. */', 'export function boom(count: Count): Count {'];
writeFileSync(join(folder, 'notebooks/helper.ts'), [...helper, "  throw new Error('boom ' + count);", '}', ''].join('\n'));

describe('the errors of a kernel', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: join(folder, 'notebooks') });
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
    rmSync(folder, { recursive: true });
  });
  const failing = async (code: string): Promise<string[]> => traceback(await kernel.execute(code));

  it('names line and column as they were written, with the line itself', async () => {
    await kernel.execute("import * as fs from 'node:fs';\nimport { join } from 'node:path';");
    const { reply, published, lost } = await kernel.execute(
      'type Size = number;\nfunction check(size: Size): Size {\n  throw new RangeError("size " + size);\n}\n\ncheck(3);',
    );
    expect([reply.ename, reply.evalue]).toEqual(['RangeError', 'size 3']);
    expect(traceback({ reply, published, lost })).toEqual([
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
    expect((await failing('\n\nhalf(5);')).slice(0, 3)).toEqual(['Error: 5 is odd', '    at half (In[3]:2:26)', '    at In[4]:3:1']);
  });

  it('names the TypeScript line of a frame in the library, and no frame inside tfjs', async () => {
    await kernel.execute("import { sizes, tf } from 'fovea';");
    const lines = await failing("const x = tf.zeros([2, 3]);\ntf.tidy(() => sizes(x, 'b h w c') as never);");
    expect(lines[1]).toMatch(/^ {4}at sizes \(lib\/tensor\/axes\.ts:\d+:\d+\)$/);
    expect(lines.slice(2, 4)).toEqual(['    at In[6]:2:15', '    at In[6]:2:4']);
  });

  it('names the line of a file that does not parse', async () => {
    const lines = await failing("require('./broken.js');");
    expect(lines.slice(0, 2)).toEqual(["SyntaxError: Unexpected token '='", expect.stringMatching(/notebooks\/broken\.js:2$/)]);
  });

  it('gives a cell that prints an error the same lines', async () => {
    const cell = 'try {\n  half(7);\n} catch (error) {\n  console.log((error as Error).stack);\n}';
    expect(printed(await kernel.execute(cell))).toBe('Error: 7 is odd\n    at half (In[3]:2:26)\n    at In[8]:2:3\n');
  });

  it('follows awaits', async () => {
    const lines = await failing("async function inner() {\n  await null;\n  throw new Error('late');\n}\nawait Promise.all([inner()]);");
    expect(lines.slice(1, 4)).toEqual(['    at inner (In[9]:3:9)', '    at async Promise.all (index 0)', '    at async In[9]:5:1']);
  });

  it('shows the line of a recursion once', async () => {
    const lines = await failing('const deeper = (n: number): number => deeper(n + 1);\ndeeper(0);');
    expect(lines[0]).toBe('RangeError: Maximum call stack size exceeded');
    expect(lines[1]).toMatch(/^ {4}at deeper \(In\[10\]:1:\d+\) \(50 times\)$/);
  });

  it('shows what caused an error, and each of several errors with its own place', async () => {
    const caused = await failing("try {\n  JSON.parse('{');\n} catch (cause) {\n  throw new Error('no settings', { cause });\n}");
    expect(caused.filter((line) => /^\w|In\[/.test(line))).toEqual([
      'Error: no settings',
      '    at In[11]:4:9',
      'caused by',
      expect.stringMatching(/^SyntaxError: /),
      '    at In[11]:2:8',
    ]);
    const several = await failing("throw new AggregateError([\n  new Error('one'),\n  'two',\n], 'both');");
    expect(several.filter((line) => !/\||\^/.test(line))).toEqual([
      'AggregateError: both',
      '    at In[12]:1:7',
      '  1 of 2',
      '    Error: one',
      '        at In[12]:2:3',
      '  2 of 2',
      "    Thrown: 'two'",
    ]);
  });

  it('names the TypeScript line of a file beside the notebook', async () => {
    const lines = await failing("import { boom } from './helper';\nboom(3);");
    expect(lines.slice(0, 3)).toEqual([
      'Error: boom 3',
      expect.stringMatching(/^ {4}at boom \(.*notebooks\/helper\.ts:4:9\)$/),
      expect.stringMatching(/^ {4}at In\[13\]:2:/),
    ]);
  });

  it('ends at an error that is its own cause, and after twelve causes', async () => {
    expect((await failing("const own = new Error('own');\nown.cause = own;\nthrow own;")).filter((line) => /^\w/.test(line))).toEqual([
      'Error: own',
    ]);
    const chain = 'let last = new Error("0");\nfor (let i = 1; i < 99; i++) last = new Error(String(i), { cause: last });\nthrow last;';
    expect((await failing(chain)).filter((line) => /^Error/.test(line))).toHaveLength(12);
  });

  it('adds what an error knows beside its message', async () => {
    expect(await failing("throw Object.assign(new Error('gone'), { code: 'E_GONE', tries: 3, parts: [1] });")).toContain(
      "    { code: 'E_GONE', tries: 3 }",
    );
  });

  it('cuts a message that is too long', async () => {
    const { reply } = await kernel.execute("throw new Error('x'.repeat(1_000_000));");
    expect(reply.evalue).toBe(`${'x'.repeat(5000)}... and 995000 more characters`);
  });

  it.each([
    ['a string', "throw 'a';", 'Thrown', "'a'"],
    ['nothing', 'throw undefined;', 'Thrown', 'undefined'],
    ['null', 'throw null;', 'Thrown', 'null'],
    ['a symbol', "throw Symbol('s');", 'Thrown', 'Symbol(s)'],
    ['an object', 'throw { code: 7 };', 'Thrown', '{ code: 7 }'],
    ['an object without a prototype', 'throw Object.create(null);', 'Thrown', '[Object: null prototype] {}'],
    [
      'an object that cannot be written',
      "throw { toString() { throw new Error('no'); } };",
      'Thrown',
      '{ toString: [Function: toString] }',
    ],
    [
      'an object that cannot be printed',
      "throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw 1; } };",
      'Thrown',
      'a value of type object that cannot be shown',
    ],
    [
      'a proxy that cannot be looked at',
      'const no = () => { throw 1; };\nthrow new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no });',
      'Thrown',
      '{}',
    ],
    ['a proxy of an error', "throw new Proxy(new Error('behind'), {});", 'Error', 'behind'],
    [
      'an error with a message that throws',
      "const odd = new Error('a');\nObject.defineProperty(odd, 'message', { get() { throw 1; } });\nthrow odd;",
      'Error',
      'undefined',
    ],
    [
      'an error with a stack that throws',
      "const odd2 = new Error('a');\nObject.defineProperty(odd2, 'stack', { get() { throw 1; } });\nthrow odd2;",
      'Error',
      'a',
    ],
    ['a frozen error', "throw Object.freeze(new Error('frozen'));", 'Error', 'frozen'],
    [
      'an error of another realm',
      "import vm from 'node:vm';\nvm.runInNewContext('null.x');",
      'TypeError',
      "Cannot read properties of null (reading 'x')",
    ],
    ['a class of error without a name', "class Odd extends Error {}\nthrow new Odd('named');", 'Odd', 'named'],
  ])('tells of %s that is thrown, and where', async (_, code, ename, evalue) => {
    const failed = await kernel.execute(code);
    expect([failed.reply.status, failed.reply.ename, failed.reply.evalue]).toEqual(['error', ename, evalue]);
    expect(traceback(failed).some((line) => /^ {4}(at|in) .*In\[\d+\]/.test(line))).toBe(true);
    expect((await kernel.execute('1 + 1')).reply.status).toBe('ok');
  });

  it('keeps to its own stacks after a cell has put others in place', async () => {
    const count = async (code: string): Promise<number> => (await failing(code)).filter((line) => /In\[\d+\]:\d/.test(line)).length;
    expect(await count("Error.prepareStackTrace = () => 'odd';\nthrow new Error('odd');")).toBe(0);
    expect(await count("Error.prepareStackTrace = undefined;\nthrow new Error('again');")).toBe(1);
  });

  it('reports an error that nobody caught at the cell that set the timer', async () => {
    const errors: unknown[] = [];
    kernel.onPublished(({ header, content }) => {
      if (header.msg_type === 'error') errors.push(traceback({ reply: content, published: [], lost: 0 }).slice(0, 2));
    });
    const { reply } = await kernel.execute("setTimeout(() => {\n  void Promise.reject(new TypeError('later'));\n}, 100);");
    const next = await kernel.execute('await new Promise((done) => setTimeout(done, 500));');
    expect(next.reply.status).toBe('ok');
    expect(errors).toEqual([['TypeError: later', `    at In[${reply.execution_count}]:2:23`]]);
  });
});

describe('a cell that TypeScript refuses', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });
  const refused = async (code: string): Promise<string[]> => traceback(await kernel.execute(code));

  it('is not run, and shows what is meant', async () => {
    const { reply, published, lost } = await kernel.execute("console.log('ran');\nconst one: number = 'one';");
    expect([reply.ename, reply.evalue]).toEqual(['TypeScriptError', "2:7 Type 'string' is not assignable to type 'number'."]);
    expect(traceback({ reply, published, lost })).toEqual([
      'TypeScriptError: the cell was not run',
      "In[1]:2:7 Type 'string' is not assignable to type 'number'. (TS2322)",
      "        1 | console.log('ran');",
      "  -->   2 | const one: number = 'one';",
      '                  ^^^',
    ]);
    expect(ofType(published, 'stream')).toEqual([]);
  });

  it('shows each reason below the one it explains', async () => {
    const lines = await refused('const take = (f: (x: { a: string }) => void) => f;\ntake((x: { a: number }) => {});');
    expect(lines.slice(1, 6).map((line) => /^ */.exec(line)?.[0].length)).toEqual([0, 4, 6, 8, 10]);
  });

  it('shows eight errors of many', async () => {
    const lines = await refused(Array.from({ length: 20 }, (_, i) => `const n${i}: number = 'x';`).join('\n'));
    expect(lines.filter((line) => /TS2322/.test(line))).toHaveLength(8);
    expect(lines.at(-1)).toBe('and 12 more');
  });

  it('shows what does not parse in the same form', async () => {
    expect((await refused('const x = ;')).slice(0, 2)).toEqual([
      'TypeScriptError: the cell was not run',
      'In[4]:1:11 Expression expected. (TS1109)',
    ]);
  });
});

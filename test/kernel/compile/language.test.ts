import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, printed, shown, sleep, traceback } from '../running';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel({ cwd: here });
}, 60_000);
afterAll(async () => {
  await kernel.shutdown();
});

const value = async (code: string): Promise<unknown> => shown(await kernel.execute(code));

describe('await at the top of a cell', () => {
  it.each([
    ['of a value in brackets', 'await (Promise.resolve(3))', '3'],
    ['of a function called at once', 'const four = await (async () => 4)();\nfour', '4'],
    ['in the parts of an expression', '(await Promise.resolve(2)) + (await (3 as unknown as Promise<number>))', '5'],
    ['in a loop over promises', 'let sum = 0;\nfor await (const x of [Promise.resolve(1), 2]) sum += x;\nsum', '3'],
    [
      'in a loop over a generator',
      'async function* two() { yield 4; yield 5; }\nlet last = 0;\nfor await (const x of two()) last = x;\nlast',
      '5',
    ],
    ['in a function too', 'const first = async () => { for await (const x of [7, 8]) return x; };\nawait first()', '7'],
  ])('%s', async (_, code, expected) => {
    expect(await value(code)).toBe(expected);
  });

  it('lets the generator of a loop that is left clean up after itself', async () => {
    const cell = `let closed = false;
async function* numbers() { try { for (let i = 0; ; i++) yield i; } finally { closed = true; } }
for await (const n of numbers()) if (n === 3) break;
closed`;
    expect(await value(cell)).toBe('true');
  });

  it('an interrupt ends a loop over a generator that never ends', async () => {
    const endless = kernel.execute('async function* ever() { for (;;) yield 1; }\nfor await (const one of ever());');
    await sleep(500);
    await kernel.interrupt();
    expect((await endless).reply.ename).toBe('KeyboardInterrupt');
  });
});

describe('import() of a cell', () => {
  it('gives a variable with the types of a built-in module', async () => {
    expect(await value("const fs = await import('node:fs'), sep = '/';\nfs.existsSync(sep)")).toBe('true');
    expect(await value('[fs.default === undefined, typeof fs.default.readFileSync, fs.statSync(sep).isDirectory()]')).toBe(
      "[ false, 'function', true ]",
    );
    expect((await kernel.execute('fs.noSuchThing')).reply.evalue).toMatch(/Property 'noSuchThing' does not exist/);
  });

  it('gives one of an ES module that awaits at its top, and of a module whose name is known only then', async () => {
    expect(await value("const vega = await import('vega');\ntypeof vega.parse")).toBe("'function'");
    expect(await value("const name = 'node:os';\nconst os = await import(name);\ntypeof os.cpus")).toBe("'function'");
  });

  it('keeps the place of an error to the right of the type it was given', async () => {
    await kernel.execute("import { join } from 'node:path';");
    const failed = await kernel.execute("const path = await import('node:path'), n = join(null as never);");
    expect(traceback(failed)[1]).toMatch(/^ {4}at (join \()?In\[\d+\]:1:45\)?$/);
  });
});

describe('a package that is an ES module', () => {
  let folder: string;
  let outside: Kernel;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fovea-test-'));
    const packed = join(folder, 'node_modules', 'only-import');
    mkdirSync(packed, { recursive: true });
    const exports = { '.': { types: './index.d.ts', import: './index.mjs' } };
    writeFileSync(join(packed, 'package.json'), JSON.stringify({ name: 'only-import', version: '1.0.0', type: 'module', exports }));
    writeFileSync(join(packed, 'index.mjs'), 'export const answer = await Promise.resolve(42);\nexport default { half: answer / 2 };\n');
    writeFileSync(
      join(packed, 'index.d.ts'),
      'export declare const answer: number;\ndeclare const _default: { half: number };\nexport default _default;\n',
    );
    mkdirSync(join(folder, 'parts'));
    writeFileSync(join(folder, 'parts', 'index.ts'), "export { twice } from './twice';\nexport const here: string = 'parts';\n");
    writeFileSync(
      join(folder, 'parts', 'twice.ts'),
      'type N = number;\n\nexport const twice = (n: N): N => {\n  if (n < 0) throw new RangeError(String(n));\n  return 2 * n;\n};\n',
    );
    outside = await startKernel({ cwd: folder });
  }, 60_000);
  afterAll(async () => {
    await outside.shutdown();
    rmSync(folder, { recursive: true, force: true });
  });
  const seen = async (code: string): Promise<unknown> => shown(await outside.execute(code));

  it('is imported by a cell, with its types', async () => {
    expect(await seen("import parts, { answer } from 'only-import';\n[answer, parts.half]")).toBe('[ 42, 21 ]');
    expect(await seen('answer + parts.half')).toBe('63');
    expect((await outside.execute("import { question } from 'only-import';")).reply.evalue).toMatch(/no exported member 'question'/);
  });

  it('leaves the names of Node to cells outside of the project too', async () => {
    expect(printed(await outside.execute("console.log(process.argv.length > 0, Buffer.from('a').length);"))).toBe('true 1\n');
  });

  it('a folder of TypeScript beside the notebook is imported by its index, and an edit behind it is seen', async () => {
    expect(await seen("import { here, twice } from './parts';\n[here, twice(4)]")).toBe("[ 'parts', 8 ]");
    writeFileSync(join(folder, 'parts', 'twice.ts'), 'export const twice = (n: number): number => 20 * n;\n');
    let again: unknown;
    for (let tries = 0; tries < 50 && again !== '80'; tries++) {
      await sleep(200); // the compiler looks at files now and then
      again = await seen("import { twice as newer } from './parts';\nnewer(4)");
    }
    expect(again).toBe('80');
  });
});

describe('what a failed cell declared', () => {
  it('stays as far as it got, with its types', async () => {
    const failed =
      'const first = 1;\ntype Pair = [number, number];\nfunction plus(n: number) { return first + n; }\nthrow new Error("here");\nconst second = 2;';
    expect((await kernel.execute(failed)).reply.evalue).toBe('here');
    expect(await value('const pair: Pair = [plus(1), first];\npair')).toBe('[ 2, 1 ]');
    expect((await kernel.execute('second')).reply.evalue).toBe("1:1 Cannot find name 'second'.");
  });

  it('does not hide what an earlier cell declared under a name that it did not reach', async () => {
    await kernel.execute("const held = 'earlier', other = 1;");
    await kernel.execute("const other = 'new';\nthrow new Error('here');\nconst held = 2;");
    expect(await value('held.toUpperCase() + other.toUpperCase()')).toBe("'EARLIERNEW'");
  });

  it('keeps imports, classes and enums, and parts of a destructuring', async () => {
    await kernel.execute(
      "import { basename } from 'node:path';\nclass Point { x = 3 }\nenum Side { Left, Right }\nconst { p, q: [r] } = { p: 1, q: [2] };\nthrow 1;",
    );
    expect(await value("[basename('/a/b'), new Point().x, Side.Right, p, r]")).toBe("[ 'b', 3, 1, 1, 2 ]");
  });

  it('stays where it was interrupted', async () => {
    const looping = kernel.execute('let rounds = 0;\nfor (;;) { rounds++; await new Promise((done) => setTimeout(done, 10)); }');
    await sleep(500);
    await kernel.interrupt();
    await looping;
    expect(await value('rounds > 5')).toBe('true');
  });
});

describe('an interrupt', () => {
  /** Runs a loop and interrupts it so long after the kernel has said that it has taken it up. */
  async function interrupted(asked: Kernel, ms: number): Promise<unknown> {
    let id = '';
    let begin: () => void = () => {};
    const begun = new Promise<void>((done) => {
      begin = done;
    });
    asked.onPublished(({ header, parent }) => {
      if (header.msg_type === 'execute_input' && parent.msg_id === id) begin();
    });
    const looping = asked.execute(`const begun = ${ms};\nfor (;;) Math.sqrt(begun);`, {
      onStart: (request) => {
        id = request;
      },
    });
    await begun;
    await sleep(ms);
    await asked.interrupt();
    return (await looping).reply.ename;
  }

  it.each([0, 5, 20, 60])('%i ms after a cell was taken up, while it is compiled or begins, ends its loop', async (ms) => {
    expect(await interrupted(kernel, ms)).toBe('KeyboardInterrupt');
    expect(await value('40 + 2')).toBe('42');
  });

  it.each([0, 300])('%i ms after the first cell of a kernel was taken up, while the backend starts, ends it', async (ms) => {
    const fresh = await startKernel({ cwd: here });
    try {
      expect(await interrupted(fresh, ms)).toBe('KeyboardInterrupt');
      expect(shown(await fresh.execute('40 + 2'))).toBe('42');
    } finally {
      await fresh.shutdown();
    }
  });
});

describe('a variable of an earlier cell', () => {
  it('is one variable for the functions of its cell and for later cells', async () => {
    await kernel.execute('let count = 0;\nconst show = () => count;\nconst more = () => { count++; };');
    expect(await value('count = 5;\nmore();\n[count, show()]')).toBe('[ 6, 6 ]');
  });

  it('so are those of a pattern, and one without a first value', async () => {
    await kernel.execute('let { a, list: [b] } = { a: 1, list: [2] };\nlet later: number | undefined;\nconst all = () => [a, b, later];');
    expect(await value('a = 7;\nb = 8;\nlater = 9;\nall()')).toBe('[ 7, 8, 9 ]');
  });

  it('is left alone by an older cell once a later one has declared its name again', async () => {
    await kernel.execute('let total = 1;\nconst add = () => { total += 1; return total; };');
    await kernel.execute('let total = 100;');
    expect(await value('[add(), total]')).toBe('[ 2, 100 ]');
  });
});

describe('a declaration', () => {
  it('may have the word export, as in a file', async () => {
    const cell = 'export const width = 3;\nexport function area(): number { return width * width; }\nexport { width };';
    expect((await kernel.execute(cell)).reply.status).toBe('ok');
    expect(await value('area()')).toBe('9');
  });

  it('may have a type without a name', async () => {
    const cell =
      'const hidden = (() => { class Hidden { open = 1; private shut = 2; both() { return this.open + this.shut; } } return new Hidden(); })();';
    expect((await kernel.execute(cell)).reply.status).toBe('ok');
    expect(await value('hidden.both()')).toBe('3');
  });

  it('of a namespace is known three cells later', async () => {
    await kernel.execute('namespace Sizes { export const small = 3; }');
    await kernel.execute('1');
    await kernel.execute('2');
    expect(await value('Sizes.small')).toBe('3');
  });
});

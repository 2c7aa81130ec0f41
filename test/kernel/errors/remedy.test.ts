import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hintFor, REMEDIES } from '../../../lib/kernel/errors/remedy';
import { type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, traceback } from '../running';

const folder = mkdtempSync(join(tmpdir(), 'fovea-remedy-'));
for (const name of ['lib', 'notebooks']) mkdirSync(join(folder, name));
symlinkSync(resolve(here, '../node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'lib/index.ts'), 'export const inside = 1;\n');
writeFileSync(join(folder, 'above.ts'), 'export const above = 1;\n');

/** A cell, and what the line below its error says to do. */
const TRAPS: readonly (readonly [string, string, RegExp])[] = [
  ['a string is thrown', "throw 'why';", /throw an Error/],
  ['the library is imported by its path', "import { inside } from '../lib';", /from 'fovea'/],
  ['a file above the notebook is imported', "import { above } from '../above';", /move the file there/],
  ['a file is imported that is not there', "import { gone } from './gone';", /gone\.ts has to be there/],
  ['a package is not installed', "import * as pad from 'left-pad';", /run npm install left-pad in a terminal/],
  ['a package of a scope is not installed', "import { part } from '@left/pad/part';", /run npm install @left\/pad in a terminal/],
  ['a package is required that is not installed', "require('left-pad');", /run npm install left-pad in a terminal/],
  ['a method of ES2023 is called', '[3, 1].toSorted();', /ES2022, which has no toSorted: use \[\.\.\.list\]\.sort\(\)/],
  ['a page is expected', 'document.title;', /there is no page/],
  ['a name was never declared', 'neverDeclared;', /no cell that has run declares neverDeclared/],
  [
    'a disposed tensor is used',
    "import { tf } from 'fovea';\nconst gone = tf.ones([2]);\ngone.dispose();\ntf.add(gone as never, 1);",
    /take a copy with \.clone\(\)/,
  ],
  ['an import stands inside eval', 'await eval("import(\'node:fs\')");', /not inside eval/],
  [
    'a port is taken',
    "import { createServer } from 'node:http';\nconst first = createServer().listen(0);\nawait new Promise((done) => first.once('listening', done));\nconst second = createServer().listen((first.address() as { port: number }).port);\nawait new Promise((done) => setTimeout(done, 300));",
    /may still listen/,
  ],
];

describe('the hint below an error', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: join(folder, 'notebooks') });
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
    rmSync(folder, { recursive: true });
  });
  const hints = async (code: string): Promise<string[]> =>
    traceback(await kernel.execute(code)).filter((line) => line.startsWith('hint: '));

  it.each(TRAPS)('says what to do where %s', async (_, code, wanted) => {
    expect(await hints(code)).toEqual([expect.stringMatching(wanted)]);
  });

  it('names the cell that would have declared a name', async () => {
    const { reply } = await kernel.execute("throw new Error('before');\nconst network = 5;");
    expect(await hints('network + 1;')).toEqual([
      `hint: In[${reply.execution_count}] declares network, but was refused, failed or was interrupted before it did: run it again`,
    ]);
  });

  it('is given three times at most', async () => {
    expect(await hints('one1;\ntwo2;\nthree3;\nfour4;')).toHaveLength(3);
  });

  it('is left out where nothing is known', async () => {
    expect(await hints("throw new Error('mine');")).toEqual([]);
    expect(await hints('const length: string = [1].length;')).toEqual([]);
  });
});

describe('the table of hints', () => {
  const sources = { add: () => {}, source: () => [], place: () => undefined };

  it.each([
    ['Error: No backend found in registry.', /await ready\(\) first/],
    ["Exported variable 'net' has or is using name 'Hidden' from external module \"x\" but cannot be named.", /const net: SomeType/],
  ])('knows %s', (message, wanted) => {
    expect(hintFor({ message, sources })).toMatch(wanted);
  });

  it('has no two entries for one message', () => {
    const messages = REMEDIES.map(({ message }) => message.source);
    expect(new Set(messages).size).toBe(messages.length);
  });
});

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reloadModules } from '../../../lib/kernel/cells/reload';
import type { Kernel } from '../../../lib/kernel/protocol/client';
import { relu } from '../../../lib/tensor/ops';
import { here, ofType, printed, shown, sleep } from '../running';

const load = createRequire(__filename);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fovea-reload-')));
  folders.push(folder);
  return folder;
}

/** Modules as TypeScript compiles them: a barrel reads through to the file behind it, a list has taken its value out. */
const COMPILED = {
  'one.js': 'exports.one = () => 1;',
  'index.js': `Object.defineProperty(exports, 'one', { enumerable: true, get: () => leaf.one });\nvar leaf = require('./one');\nexports.list = [leaf.one];`,
  'native/engine.js': 'exports.state = {};',
};

async function small(): Promise<{ folder: string; file: (name: string) => string; since: number }> {
  const folder = temporary();
  mkdirSync(join(folder, 'native'));
  const file = (name: string): string => join(folder, name);
  for (const [name, text] of Object.entries(COMPILED)) {
    writeFileSync(file(name), text);
    load(file(name));
  }
  await sleep(20); // the clock by which files are stamped may be that far behind
  const since = Date.now();
  await sleep(20);
  return { folder, file, since };
}

type One = { one: () => number; list: (() => number)[]; two?: () => number };

describe('modules loaded again', () => {
  it('are those that were written since, and all that may hold something of them', async () => {
    const { folder, file, since } = await small();
    const before = load(file('index.js')) as One;
    expect(reloadModules(folder, ['native'], since)).toEqual({ files: [], staying: [], renewals: new Map() });
    const { one, list } = before;
    writeFileSync(file('one.js'), 'exports.one = () => 2; exports.two = () => 22;');
    const { files, staying, renewals } = reloadModules(folder, ['native'], since);
    const after = load(file('index.js')) as One;
    expect([files, staying]).toEqual([['one.js'], []]);
    expect([after.one(), after.list[0]!()]).toEqual([2, 2]);
    expect([renewals.get(one), renewals.get(list), renewals.get(before)]).toEqual([after.one, after.list, after]);
  });

  it('are reached through exports that were taken before, also after a second time', async () => {
    const { folder, file, since } = await small();
    const barrel = load(file('index.js')) as One;
    const leaf = load(file('one.js')) as One;
    for (const n of [2, 3]) {
      writeFileSync(file('one.js'), `exports.one = () => ${n}; exports.two = () => ${n}${n};`);
      reloadModules(folder, ['native'], since);
      expect([barrel.one(), barrel.list[0]!(), leaf.one(), leaf.two!()]).toEqual([n, n, n, 11 * n]);
    }
  });

  it('leave out the folders that hold state, and name what only a restart takes up', async () => {
    const { folder, file, since } = await small();
    const engine = load(file('native/engine.js')) as { state: object };
    writeFileSync(file('native/engine.js'), 'exports.state = { new: true };');
    const { files, staying, renewals } = reloadModules(folder, ['native'], since);
    expect([files, staying, renewals.size]).toEqual([['native/engine.js'], ['native/engine.js'], 0]);
    expect(load(file('native/engine.js'))).toBe(engine);
  });

  it('stay as they were where one cannot be loaded', async () => {
    const { folder, file, since } = await small();
    const before = load(file('index.js')) as One;
    writeFileSync(file('one.js'), "throw new Error('half an edit');");
    expect(() => reloadModules(folder, ['native'], since)).toThrow(
      'the rebuilt files could not be loaded, the old ones stay: half an edit',
    );
    expect(load(file('index.js'))).toBe(before);
    expect(before.one()).toBe(1);
  });

  it('register their operations anew, and the backend its own', async () => {
    const { folder, file, since } = await small();
    const backend = tf.getBackend();
    relu(tf.tensor1d([-1, 2]));
    const [kernel, gradient] = [tf.getKernel('FoveaRelu', backend), tf.getGradient('FoveaRelu')];
    expect(gradient).toBeDefined();
    writeFileSync(file('one.js'), 'exports.one = () => 4;');
    reloadModules(folder, ['native'], since);
    expect(tf.getGradient('FoveaRelu')).toBeUndefined();
    const x = tf.tensor1d([-1, 2]);
    expect([
      ...tf
        .grad((input: tf.Tensor) => relu(input))(x)
        .dataSync(),
    ]).toEqual([0, 1]);
    expect(tf.getKernel('FoveaRelu', backend)).not.toBe(kernel);
    expect(tf.getGradient('FoveaRelu')).not.toBe(gradient);
  });
});

describe('reload() in a cell', () => {
  let kernel: Kernel;
  let root: string;
  beforeAll(async () => {
    // a copy, because what is built is used by others at this moment
    root = temporary();
    mkdirSync(join(root, 'node_modules'));
    mkdirSync(join(root, 'notebooks'));
    for (const name of readdirSync(resolve(here, '../node_modules'))) {
      if (name !== 'fovea') symlinkSync(join(here, '../node_modules', name), join(root, 'node_modules', name));
    }
    symlinkSync(join(root, 'lib'), join(root, 'node_modules/fovea'));
    cpSync(resolve(here, '../lib/dist'), join(root, 'lib/dist'), { recursive: true });
    cpSync(resolve(here, '../lib/package.json'), join(root, 'lib/package.json'));
    writeFileSync(join(root, 'notebooks/inner.ts'), 'export const answer = (): number => 41;\n');
    writeFileSync(join(root, 'notebooks/barrel.ts'), "export * from './inner';\n");
    const { startKernel } = load(join(root, 'lib/dist/kernel/protocol/client.js')) as typeof import('../../../lib/kernel/protocol/client');
    kernel = await startKernel({ cwd: join(root, 'notebooks') });
  });
  afterAll(async () => {
    await kernel?.shutdown();
  });

  async function run(code: string): Promise<{ value: unknown; text: string; failed: unknown }> {
    const execution = await kernel.execute(code);
    const { status, evalue } = execution.reply;
    return { value: shown(execution), text: printed(execution), failed: status === 'ok' ? undefined : evalue };
  }

  /** As `npm run build` after an edit. */
  function rebuild(file: string, { js, types }: { js: string; types: string }): void {
    const path = join(root, 'lib/dist', file);
    writeFileSync(`${path}.js`, `${readFileSync(`${path}.js`, 'utf8')}\n${js}\n`);
    writeFileSync(`${path}.d.ts`, `${readFileSync(`${path}.d.ts`, 'utf8')}\n${types}\n`);
  }

  it('says that nothing has changed where nothing has', async () => {
    await run("import { backend, rateAt, reload, tf } from 'fovea';\nimport * as fovea from 'fovea';\nimport { answer } from './barrel';");
    await run("const rate = () => rateAt({ kind: 'constant' }, 0.5, 1, 10);\nconst tensor = tf.tensor1d([3, 4]);");
    expect((await run('[rate(), answer()]')).value).toBe('[ 0.5, 41 ]');
    expect(await run('reload()')).toEqual({
      value: undefined,
      text: 'reload: nothing has changed (after an edit of the library, run `npm run build` first)\n',
      failed: undefined,
    });
  });

  it('takes up what was rebuilt, under names imported before too; tensors and the backend stay', async () => {
    rebuild('train/schedules', { js: 'exports.rateAt = () => 42; exports.added = 7;', types: 'export declare const added: number;' });
    // rateAt, fovea, and tf: a new list of the same functions
    expect((await run('reload()')).text).toBe('reload: 1 rebuilt file of the library taken up, 3 names of earlier cells renewed\n');
    expect((await run("[rate(), rateAt({ kind: 'constant' }, 0.5, 1, 10), fovea.rateAt({ kind: 'constant' }, 0.5, 1, 10)]")).value).toBe(
      '[ 42, 42, 42 ]',
    );
    expect((await run("import { added } from 'fovea';\nadded")).value).toBe('7');
    expect((await run('[backend().threads > 0, ...tf.square(tensor).dataSync()]')).value).toBe('[ true, 9, 16 ]');
  });

  it('checks the types that were rebuilt', async () => {
    expect((await run("import { added } from 'fovea';\nconst text: string = added;")).failed).toContain("Type 'number' is not assignable");
  });

  it('takes up an edit behind a barrel beside the notebook', async () => {
    writeFileSync(join(root, 'notebooks/inner.ts'), 'export const answer = (): number => 42;\n');
    expect((await run('reload()')).text).toBe('reload: 1 file beside the notebook taken up, 1 name of earlier cells renewed\n');
    expect((await run('answer()')).value).toBe('42');
  });

  it('warns that native code needs a restart', async () => {
    rebuild('native/backend', { js: '', types: '' });
    const execution = await kernel.execute('reload()');
    expect(ofType(execution.published, 'stream')).toEqual([
      { name: 'stderr', text: 'reload: native/backend.js changed too: restart the kernel to take that up\n' },
    ]);
  });

  it('keeps the old code where the new one does not load, and says so', async () => {
    rebuild('train/schedules', { js: "throw new Error('half an edit');", types: '' });
    expect((await run('reload()')).failed).toBe('reload: the rebuilt files could not be loaded, the old ones stay: half an edit');
    expect((await run('rate()')).value).toBe('42');
  });
});

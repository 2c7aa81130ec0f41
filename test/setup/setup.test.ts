/**
 * The set-up in a clone of what is committed, on the way a newcomer takes, with the mishaps of that way. The tests stand in
 * this order for a reason: the first one installs, minutes long, what the others use, break and repair.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneInto, type Ended, type Env, ended, pathWith, runIn, scratchFolder, start } from './scratch';

const folder = scratchFolder();
let clone = '';
const inClone = (...parts: string[]): string => join(clone, ...parts);
const setup = (args: readonly string[], env?: Env): Promise<Ended> => runIn(clone, 'node', ['scripts/setup.mjs', ...args], env);
const once = (env?: Env): Promise<Ended> => setup(['start', '--once'], env);

/** Programs that still run in the clone: none may be left behind. */
function leftRunning(): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(clone) && !command.includes('vitest'));
}

/** Calls body with a small disk of its own; undefined where this user may not mount one. */
async function withSmallDisk<T>(size: string, body: (disk: string) => Promise<T>): Promise<T | undefined> {
  const disk = join(folder, 'disk');
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  try {
    return await body(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}

const NO_DISK = 'mounting a small disk needs root';

beforeAll(() => {
  clone = cloneInto(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start in a fresh clone', () => {
  it('sets up, trains for the proof, prints its accuracy and saves its figure', async () => {
    // from another folder, as `npm --prefix` allows
    const { code, output } = await runIn(tmpdir(), 'npm', ['--prefix', clone, 'start', '--', '--once']);
    expect(output).toMatch(/✓ Node packages[^✓]*✓ Python packages[^✓]*✓ TensorFlow library[^✓]*✓ TensorFlow binding[^✓]*✓ library/);
    expect(output).toMatch(/native: TensorFlow 2\.21\.0/);
    expect(output).toMatch(/test accuracy \d\d\.\d %/);
    const figure = /figure (\S+\.svg)/.exec(output)?.[1];
    expect(readFileSync(inClone(figure ?? 'no figure'), 'utf8')).toMatch(/^<svg/);
    expect(code).toBe(0);
  });

  it('passes over what is done, and says that plotly figures need a Chromium where there is none', async () => {
    const { code, output } = await once({ FOVEA_CHROMIUM: '/nowhere/chromium' });
    expect(output).toContain('✓ unchanged: Node packages, Python packages, TensorFlow library, TensorFlow binding, library');
    expect(output).toMatch(/Chromium +not found: .*apt install chromium/);
    expect(code).toBe(0);
  });

  it('leaves an installation that the doctor finds well, and no file that git would take', async () => {
    const { code, output } = await runIn(clone, 'node', ['lib/bin/fovea.js', 'doctor', '--json']);
    const report = JSON.parse(output) as { ok: boolean; checks: { name: string; status: string; detail: string }[] };
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(report.checks.find(({ name }) => name === 'backend')?.detail).toMatch(/native: TensorFlow 2\.21\.0/);
    expect([report.ok, code]).toEqual([true, 0]);
    expect((await runIn(clone, 'git', ['status', '--porcelain'])).output).toBe('');
  });
});

describe('a mishap', () => {
  it('with a Node too old is named with the versions that will do', async () => {
    const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.4"}})';
    const { code, output } = await runIn(clone, 'node', ['--import', old, 'scripts/setup.mjs', 'start']);
    expect(output).toMatch(/^setup: expected Node 20\.19 or later .*, got 18\.20\.4 at .*\n {7}to repair: install a current Node/);
    expect(code).toBe(1);
  });

  it('with the command itself is answered by its usage', async () => {
    const { code, output } = await setup(['test', 'uint']);
    expect(output).toMatch(/expected groups of tests out of types, lint, unit, .*, got uint/);
    expect(code).toBe(2);
  });

  it('with a source of lib names file and line, and is over when that is corrected', async () => {
    const source = inClone('lib', 'tensor', 'wrong.ts');
    writeFileSync(source, "export const wrong: number = 'text';\n");
    const { code, output } = await setup(['test', 'lint']);
    rmSync(source);
    expect(output).toMatch(/lib does not compile, 1 error:\s+lib\/tensor\/wrong\.ts\(1,14\): error TS2322/);
    expect(code).toBe(1);
    expect((await setup(['test', 'lint'])).output).toContain('✓ library');
  });

  it('with a kernel of ours that does not compile is named, and the lab goes on with the operations of TensorFlow', async () => {
    const source = inClone('lib', 'native', 'kernels', 'wrong.cc');
    writeFileSync(source, 'int wrong = ;\n');
    const { code, output } = await once();
    rmSync(source);
    expect(output).toMatch(
      /the kernels did not compile \(lib\/native\/kernels\/wrong\.cc:1:\d+: error.*TensorFlow's own operations are used instead/,
    );
    expect(code).toBe(0);
  });

  it('of a second set-up at the same time is refused with the process that holds the folder', async () => {
    const lock = inClone('.setup', 'lock');
    writeFileSync(lock, `${process.pid}\n`);
    const { code, output } = await once();
    rmSync(lock);
    expect(output).toContain(`another set-up of this folder is at work (process ${process.pid})`);
    expect(code).toBe(1);
  });

  it('without a Python, or with one without venv, is named with the package to install', async () => {
    rmSync(inClone('.venv'), { recursive: true });
    const path = pathWith(join(folder, 'bin'), ['node', 'npm']);
    const none = await once({ PATH: path });
    expect(none.output).toMatch(/expected Python 3\.10 or later for JupyterLab, none was found\n.*apt install python3 python3-venv/);

    const python = join(path, 'python3');
    const answers = (version: string, modules: string): void => {
      writeFileSync(python, `#!/bin/sh\necho '{"version": ${version}, "modules": ${modules}}'\n`);
      chmodSync(python, 0o755);
    };
    answers('[3, 9, 2]', '["venv", "ensurepip"]');
    expect((await once({ PATH: path })).output).toContain('expected Python 3.10 or later for JupyterLab, python3 is 3.9.2');
    answers('[3, 11, 2]', '["venv"]');
    const { code, output } = await once({ PATH: path });
    expect(output).toMatch(/python3 \(3\.11\.2\) has no module ensurepip.*\n.*apt install python3-venv \(or python3\.11-venv\)/);
    expect(code).toBe(1);
  });

  it('with a proxy that does not answer is named, without its password', async () => {
    const { code, output } = await once({ HTTPS_PROXY: 'http://me:secret@127.0.0.1:9' });
    expect(output).toContain('the proxy HTTPS_PROXY=http://127.0.0.1:9 does not answer');
    expect(output).not.toContain('secret');
    expect(code).toBe(1);
  });

  it('without a network is told from the pages that pip prints, with its log', async () => {
    const { code, output } = await once({ PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: '' });
    expect(output).toContain('setup: pip install: the package registry does not answer');
    expect(readFileSync(/what was printed: (\S+)/.exec(output)?.[1] ?? 'no log', 'utf8')).toContain('Connection');
    expect(code).toBe(1);
  });

  it('of a disk that fills up on the way is told as that', async ({ skip }) => {
    const result = await withSmallDisk('4m', (disk) => once({ TMPDIR: disk, PIP_CACHE_DIR: join(disk, 'cache') }));
    if (!result) return skip(NO_DISK);
    expect(result.output).toContain('pip install: the disk is full');
    expect(result.code).toBe(1);
  });

  it('of a disk too small is told before anything is installed', async ({ skip }) => {
    const result = await withSmallDisk('64m', (disk) => runIn(cloneInto(disk), 'node', ['scripts/setup.mjs', 'start']));
    if (!result) return skip(NO_DISK);
    expect(result.output).toMatch(/expected 3\.\d GB of free disk in .*, got 0\.\d GB/);
    expect(result.code).toBe(1);
  });
});

describe('Ctrl-C', () => {
  it.each([
    ['while Node packages are installed', 'node_modules', '.package-lock.json', 'node-packages.log'],
    ['while Python packages are installed', '.venv', 'fovea.json', 'python-packages.log'],
  ])('%s ends all that was started, believes nothing half done, and exits with 130', async (_, made, whole, log) => {
    rmSync(inClone(made), { recursive: true, force: true });
    rmSync(inClone('.setup', log), { force: true });
    const child = start('node', ['scripts/setup.mjs', 'start', '--once'], { cwd: clone });
    const end = ended(child);
    while (!existsSync(inClone('.setup', log)) || !existsSync(inClone(made))) await sleep(20);
    child.kill('SIGINT');
    const { code, output } = await end;
    expect(output).toContain('interrupted; what was finished is kept');
    expect(code).toBe(130);
    expect(leftRunning()).toEqual([]);
    expect(existsSync(inClone(made, whole))).toBe(false);
  });

  it('is made good by the same command, here on a machine without a C++ compiler, which is said with the remedy', async () => {
    const path = pathWith(join(folder, 'bin'), ['node', 'npm', 'git', 'sh', 'python3']);
    const { code, output } = await once({ PATH: path });
    expect(output).toMatch(/no C\+\+ compiler .*: the wasm backend is used instead; .*apt install g\+\+/);
    expect(output).toMatch(/wasm: tfjs 4\.22\.0/);
    expect(output).toMatch(/test accuracy \d\d\.\d %/);
    expect(code).toBe(0);
  });
});

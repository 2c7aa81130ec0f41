import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startKernel } from '../../lib/kernel/protocol/client';
import { blocked, here, type NotebookFile, notebookFile, type Source, sleep } from '../kernel/running';
import { type Started, started } from './fovea';

const files: NotebookFile[] = [];
const children: Started[] = [];
afterEach(() => {
  for (const { child } of children.splice(0)) child.kill('SIGKILL');
  for (const file of files.splice(0)) file.remove();
});
function made(name: string, cells: readonly Source[]): NotebookFile {
  const file = notebookFile(name, cells);
  files.push(file);
  return file;
}
function begun(...words: readonly string[]): Started {
  const run = started(words);
  children.push(run);
  return run;
}

/** Waits until a cell has written the number of its kernel's process. */
async function running(pidFile: string): Promise<number> {
  for (const end = Date.now() + 40_000; Date.now() < end; await sleep(50))
    if (existsSync(pidFile)) return Number(readFileSync(pidFile, 'utf8'));
  throw new Error(`${pidFile} was not written`);
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
const saying = (pidFile: string): string => `import { writeFileSync } from 'node:fs';\nwriteFileSync('${pidFile}', String(process.pid));\n`;
const FOREVER = "console.log('begun');\nfor (;;) await new Promise((done) => setTimeout(done, 20));";

type Report = { ok: boolean; exitCode: number; error?: string; notebooks: { status: string; cells: { status: string }[] }[] };

describe('a run that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('by %s ends with %i, and says in its copies and reports what was done', async (signal, exitCode) => {
    const first = made('first', []);
    const pidFile = join(first.folder, 'pid');
    const long = made('long', ["console.log('whole');", saying(pidFile) + FOREVER, '3']);
    const next = made('next', ['1']);
    const out = join(first.folder, 'out');
    const run = begun('run', long.path, next.path, '--out', out, '--json');
    const pid = await running(pidFile);
    await sleep(300);
    const asked = Date.now();
    run.child.kill(signal);
    run.child.kill(signal); // npx hands on what the terminal has sent already
    const { code, stdout, stderr } = await run.ended;
    expect(Date.now() - asked).toBeLessThan(20_000);
    expect(code).toBe(exitCode);
    expect(isAlive(pid)).toBe(false);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ ok: false, exitCode, notebooks: [{ status: 'interrupted' }, { status: 'not run' }] });
    expect(report.notebooks[0]?.cells.map(({ status }) => status)).toEqual(['ok', 'interrupted', 'not run']);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
    const copy = readFileSync(join(out, 'long', 'long.ipynb'), 'utf8');
    for (const words of ['whole\\n', 'begun\\n', 'KeyboardInterrupt', '"status": "interrupted"']) expect(copy).toContain(words);
    expect(stderr).toContain('interrupted: running cells are ended and reports written; once more ends at once\n');
  });

  it('twice ends at once, whatever its cell does', async () => {
    const first = made('first', []);
    const pidFile = join(first.folder, 'pid');
    const file = made('blocked', [saying(pidFile), blocked(first.folder, 'sleep 62.5')]);
    const run = begun('run', file.path, '--out', join(first.folder, 'out'), '--json');
    const pid = await running(pidFile);
    await sleep(1000);
    run.child.kill('SIGINT');
    await sleep(1000);
    const asked = Date.now();
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(Date.now() - asked).toBeLessThan(2500); // a single one waits 4 s for the cell
    expect([code, JSON.parse(stdout)]).toEqual([130, { ok: false, exitCode: 130, error: 'interrupted twice: ended at once' }]);
    await sleep(200);
    expect(isAlive(pid)).toBe(false);
    expect(execFileSync('sh', ['-c', 'pgrep -f "[s]leep 62.5" || true'], { encoding: 'utf8' })).toBe('');
  });
});

describe('a run that is killed', () => {
  it('leaves no kernel after 10 s, and no file that is half-written', async () => {
    const first = made('first', []);
    const pids: number[] = [];
    const runners: number[] = [];
    for (const wait of [0, 0, 700, 1500]) {
      const pidFile = join(first.folder, `pid-${pids.length}`);
      const name = `killed-${pids.length}`;
      const printing =
        'for (let i = 0; ; i++) { console.log(String(i).repeat(20_000)); await new Promise((done) => setTimeout(done, 5)); }';
      const file = made(name, ["console.log('x'.repeat(3_000_000));", saying(pidFile), printing]);
      const out = join(first.folder, name);
      const run = begun('run', file.path, '--out', out);
      if (wait > 0) pids.push(await running(pidFile));
      else pids.push(await kernelOf(run.child.pid!));
      runners.push(run.child.pid!);
      await sleep(wait);
      run.child.kill('SIGKILL');
      await run.ended;
      for (const path of readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((one) => /\.(ipynb|json)$/.test(one)))
        expect(() => JSON.parse(readFileSync(join(out, path), 'utf8')), path).not.toThrow();
      expect(existsSync(join(out, 'report.json'))).toBe(false);
    }
    for (const end = Date.now() + 10_000; pids.some(isAlive) && Date.now() < end; ) await sleep(100);
    expect(pids.filter(isAlive)).toEqual([]);
    await (await startKernel({ cwd: here })).shutdown(); // sweeps up after them
    const left = readdirSync(tmpdir()).filter((name) => runners.some((pid) => name.startsWith(`fovea-kernel-${pid}-`)));
    expect(left).toEqual([]);
  });
});

/** The kernel that a runner has just started. */
async function kernelOf(runner: number): Promise<number> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(5)) {
    const found = execFileSync('sh', ['-c', `pgrep -P ${runner} -f launcher.js || true`], { encoding: 'utf8' }).trim();
    if (found !== '') return Number(found.split('\n')[0]);
  }
  throw new Error(`the runner ${runner} started no kernel`);
}

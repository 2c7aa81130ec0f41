import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type NotebookFile, notebookFile } from '../kernel/running';
import { fovea, started } from './fovea';

const files: NotebookFile[] = [];
afterEach(() => {
  for (const file of files.splice(0)) file.remove();
});
function made(...given: Parameters<typeof notebookFile>): NotebookFile {
  const file = notebookFile(...given);
  files.push(file);
  return file;
}

describe('fovea run', () => {
  it('runs notebooks side by side, tells which failed, and keeps copies and reports of both', async () => {
    const good = made('good', ["console.log(quick ? 'quick' : 'slow');"], { parameters: 'const quick = false;' });
    const bad = made('bad', ["throw new RangeError('no');"]);
    const out = join(good.folder, 'out');
    const { code, stdout, stderr } = await fovea('run', good.path, bad.path, '--quick', '--jobs', '2', '--json', '--out', out);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { ok: boolean; notebooks: { status: string; executed: string }[] };
    expect([report.ok, report.notebooks.map(({ status }) => status)]).toEqual([false, ['ok', 'failed']]);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
    expect(readFileSync(join(out, 'good', 'good.ipynb'), 'utf8')).toContain('"quick\\n"');
    expect(readFileSync(join(out, 'bad', 'bad.ipynb'), 'utf8')).toContain('"RangeError"');
    expect(readFileSync(join(out, 'junit.xml'), 'utf8')).toContain('<failure type="failed" message="RangeError: no">');
    expect(stderr).toContain('  cell 1: RangeError: no\n        at In[1]:1:7\n');
  });

  it('ends with 138 when a kernel died, after the other notebooks were run', async () => {
    const dying = made('dying', ["process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});"]);
    const next = made('next', ['1']);
    const { code, stdout } = await fovea('run', dying.path, next.path, '--json', '--out', join(dying.folder, 'out'));
    expect(code).toBe(138);
    expect((JSON.parse(stdout) as { notebooks: { status: string }[] }).notebooks.map(({ status }) => status)).toEqual(['died', 'ok']);
  });

  it.each([
    [['-p', 'rat=1'], 'unknown parameter rat; did you mean rate?'],
    [['-p', 'rate=fast'], 'parameter rate: expected number, got "fast"'],
    [['-p', 'rate'], "option '-p, --param <name=value>' argument 'rate' is invalid. expected name=value."],
    [[], 'parameter dataset (string) has no value: give one with -p dataset=...'],
    [['--timeout', '0'], "option '--timeout <s>' argument '0' is invalid. expected a number above 0 and at most 2000000."],
  ])('refuses %j before anything is run', async (words, message) => {
    const file = made('careful', ['1'], { parameters: 'const rate = 0.1;\nlet dataset: string;' });
    const out = join(file.folder, 'out');
    const { code, stderr } = await fovea('run', file.path, '--out', out, ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });

  it('answers a run that it refuses as JSON too, where that was asked for', async () => {
    const { code, stdout, stderr } = await fovea('run', 'absent.ipynb', '--json');
    const error = 'absent.ipynb: no such notebook; `npx fovea notebooks list` shows those there are';
    expect([code, JSON.parse(stdout), stderr]).toEqual([2, { ok: false, exitCode: 2, error }, `fovea run: ${error}\n`]);
    expect(JSON.parse((await fovea('run', '--json', '--frob')).stdout)).toMatchObject({ ok: false, exitCode: 2 });
  });

  const cells = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  it.each([
    ['empty', '', 'expected a notebook (JSON)'],
    ['corrupt', '{"cells": [', 'expected a notebook (JSON)'],
    ['not a notebook', '[1, 2]', 'expected nbformat 4'],
    ['of an old version', JSON.stringify({ ...cells, nbformat: 3, worksheets: [] }), 'expected nbformat 4, got 3'],
    ['of a coming version', JSON.stringify({ ...cells, nbformat: 5 }), 'expected nbformat 4, got 5'],
    [
      'in another language',
      JSON.stringify({ ...cells, metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } } }),
      'expected a notebook in TypeScript, got one in python (kernel "Python 3")',
    ],
    [
      'with a strange cell',
      JSON.stringify({ ...cells, cells: [{ cell_type: 'heading' }] }),
      'cell 1: expected cell_type code, markdown or raw',
    ],
  ])('refuses a notebook that is %s', async (_, text, message) => {
    const file = made('strange', []);
    writeFileSync(file.path, text);
    const { code, stdout, stderr } = await fovea('run', file.path, '--out', join(file.folder, 'out'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${file.path}: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses what is too large, no notebook, a folder without notebooks, and its own copy', async () => {
    const file = made('large', []);
    truncateSync(file.path, 600e6);
    const said = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await fovea('run', ...words);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await said(file.path)).toContain('expected at most 500 MB, got 600 MB');
    writeFileSync(join(file.folder, 'x.txt'), '');
    expect(await said(join(file.folder, 'x.txt'))).toContain('expected a notebook (.ipynb)');
    mkdirSync(join(file.folder, 'none'));
    expect(await said(join(file.folder, 'none'))).toContain('there is no notebook (.ipynb) in this folder');
    const copy = join(file.folder, 'a', 'a.ipynb');
    mkdirSync(join(file.folder, 'a'));
    writeFileSync(copy, JSON.stringify(cells));
    expect(await said(copy, '--out', file.folder)).toContain('its executed copy would take its place');
  });

  it('runs all notebooks of a folder in order, side by side with a share of the cores each, whatever their names', async () => {
    const file = made('ünï ☃ 1', ['await new Promise((done) => setTimeout(done, 1500));\nprocess.env.FOVEA_THREADS']);
    const other = made('2 later', ['process.env.FOVEA_THREADS']);
    renameSync(other.path, join(file.folder, '2 later.ipynb'));
    const out = join(file.folder, 'der "Ort" & mehr');
    const { code, stdout } = await fovea('run', file.folder, '--jobs', '2', '--json', '--out', out);
    expect(code).toBe(0);
    const { notebooks } = JSON.parse(stdout) as { notebooks: { notebook: string; executed: string }[] };
    expect(notebooks.map(({ notebook }) => notebook)).toEqual([join(file.folder, '2 later.ipynb'), file.path]);
    const share = String(Math.max(1, Math.floor(availableParallelism() / 2)));
    for (const { executed } of notebooks) expect(readFileSync(executed, 'utf8')).toContain(`'${share}'`);
  });

  it('takes parameters from a file, and those given beside it first', async () => {
    const file = made('given', ['console.log(rate, seeds, name, quick);'], {
      parameters: "const rate = 0.1;\nconst seeds = [1];\nconst name = 'x';\nconst quick = false;",
    });
    const json = join(file.folder, 'given.json');
    writeFileSync(json, '{ "rate": 0.5, "seeds": [4, 5], "name": "from the file" }');
    const out = join(file.folder, 'out');
    const { code, stdout } = await fovea('run', file.path, '-f', json, '-p', 'rate=1', '-p', 'rate=2', '--quick', '--json', '--out', out);
    expect(code).toBe(0);
    const parameters = { rate: 2, seeds: [4, 5], name: 'from the file', quick: true };
    expect((JSON.parse(stdout) as { notebooks: unknown[] }).notebooks).toMatchObject([{ parameters }]);
    expect(readFileSync(join(out, 'given', 'given.ipynb'), 'utf8')).toContain('2 [ 4, 5 ] from the file true\\n');
    for (const [text, message] of [
      ['rate: 1', 'expected parameters as JSON'],
      ['[1]', 'expected an object of parameters'],
      ['{ "rate": null }', 'rate: expected a number, text, a boolean or a list, got null'],
      ['{ "rat": 1 }', 'unknown parameter rat; did you mean rate?'],
    ] as const) {
      writeFileSync(json, text);
      const refused = await fovea('run', file.path, '-f', json, '--out', out);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('goes on when nobody reads what it says, and tells when that cannot be written', async () => {
    const file = made('unread', ["console.log('x');"]);
    const out = join(file.folder, 'out');
    const run = started(['run', file.path, '--json', '--out', out]);
    run.child.stdout?.destroy();
    run.child.stderr?.destroy();
    expect((await run.ended).code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toMatchObject({ ok: true });
    const full = openSync('/dev/full', 'w');
    const unwritten = await started(['run', file.path, '--json', '--out', out], { stdio: ['ignore', full, 'pipe'] }).ended;
    closeSync(full);
    expect([unwritten.code, unwritten.stderr]).toEqual([1, expect.stringContaining('fovea: stdout cannot be written: ')]);
  });

  it('expects of a notebook the time that it took with the same parameters', async () => {
    const file = made('slow', ['wait'], { parameters: 'const wait = 1;' });
    const out = join(file.folder, 'out');
    expect((await fovea('run', file.path, '--out', out)).stderr).toMatch(/^slow: 2 cells\nslow: ok, /);
    const report = join(out, 'slow', 'report.json');
    writeFileSync(report, readFileSync(report, 'utf8').replace(/"cell-1": [\d.]+/, '"cell-1": 75'));
    expect((await fovea('run', file.path, '--out', out)).stderr).toMatch(/^slow: 2 cells, about 1 min 15 s\n/);
    expect((await fovea('run', file.path, '--out', out, '-p', 'wait=2')).stderr).toMatch(/^slow: 3 cells\n/);
  });

  it('says that a folder cannot be written', async () => {
    const file = made('plain', ['1']);
    const { code, stderr } = await fovea('run', file.path, '--out', join(file.path, 'out'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fovea run: .*cannot be written, .*; give another folder with --out\n$/);
  });
});

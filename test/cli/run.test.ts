import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type NotebookFile, notebookFile } from '../kernel/running';
import { fovea } from './fovea';

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

  it('says that a folder cannot be written', async () => {
    const file = made('plain', ['1']);
    const { code, stderr } = await fovea('run', file.path, '--out', join(file.path, 'out'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fovea run: .*cannot be written .*; give another folder with --out\n$/);
  });
});

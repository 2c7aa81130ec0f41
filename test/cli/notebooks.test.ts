import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type NotebookFile, notebookFile } from '../kernel/running';
import { fovea } from './fovea';

let file: NotebookFile | undefined;
afterEach(() => file?.remove());

describe('fovea notebooks', () => {
  it('lists those of the project with title and minutes', async () => {
    const { code, stdout } = await fovea('notebooks', 'list', '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { path: string; title: string; minutes: number | null }[];
    expect(rows.find(({ path }) => path.endsWith('01-what-is-attention.ipynb'))?.title).toBe('What is attention?');
  });

  it('says what is wrong in which cell and line, and passes what was cleaned and repaired', async () => {
    file = notebookFile('messy', ['const n: number = 1;\nn', "const m: number = 'x';\nm"]);
    const { path } = file;
    const refused = await fovea('notebooks', 'check', path);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`${path}, cell 2 line 1:7: Type 'string' is not assignable to type 'number'.\n`);
    expect(refused.stdout).toContain(`${path}, notebook metadata: \`npx fovea notebooks clean ${path}\` repairs it\n`);

    expect((await fovea('notebooks', 'clean', path)).code).toBe(0);
    writeFileSync(path, readFileSync(path, 'utf8').replace("'x'", '2'));
    expect(await fovea('notebooks', 'check', path)).toEqual({ code: 0, stdout: `${path}: ok\n`, stderr: '' });
    expect((await fovea('notebooks', 'clean', path)).stdout).toBe(`${path}: clean already\n`);
  });

  it('check says the same as JSON, lint included, with exit code 1', async () => {
    file = notebookFile('messy', ['const n: any = 1;', 'n']);
    const { path } = file;
    await fovea('notebooks', 'clean', path);
    const { code, stdout } = await fovea('notebooks', 'check', '--json', path);
    expect(code).toBe(1);
    const finding = { cell: 1, line: 1, column: 10, message: 'Unexpected any. Specify a different type (noExplicitAny)' };
    expect(JSON.parse(stdout)).toEqual({ ok: false, linted: true, notebooks: [{ path, form: [], findings: [finding] }] });
  });

  it.each(['check', 'clean'])('%s refuses what is no notebook with the reason, and exit code 2', async (command) => {
    file = notebookFile('broken', []);
    const { folder, path } = file;
    mkdirSync(join(folder, 'sub.ipynb'));
    const refused = async (what: string): Promise<string> => {
      const { code, stdout, stderr } = await fovea('notebooks', command, what);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    const folderPath = join(folder, 'sub.ipynb');
    expect(await refused(folderPath)).toBe(
      `fovea notebooks: ${folderPath}: expected a notebook, got a folder: name the .ipynb files in it\n`,
    );
    expect(await refused(join(folder, 'absent.ipynb'))).toContain('absent.ipynb: no such notebook; `npx fovea notebooks list` shows');
    writeFileSync(path, '{"cells": [');
    expect(await refused(path)).toMatch(/^fovea notebooks: .*broken\.ipynb: expected a notebook \(JSON\)/);
    writeFileSync(path, '{"nbformat": 3}');
    expect(await refused(path)).toMatch(/broken\.ipynb: expected nbformat 4, got 3\n$/);
  });

  it('clean leaves a read-only file alone and says so, and a link stays a link', async () => {
    file = notebookFile('kept', ['1']);
    const { folder, path } = file;
    const before = readFileSync(path, 'utf8');
    chmodSync(path, 0o444);
    const refused = await fovea('notebooks', 'clean', path);
    expect(refused).toEqual({
      code: 2,
      stdout: '',
      stderr: `fovea notebooks: ${path}: is read-only: \`chmod u+w ${path}\` allows to clean it\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe(before);

    chmodSync(path, 0o640);
    const link = join(folder, 'link.ipynb');
    symlinkSync(path, link);
    expect((await fovea('notebooks', 'clean', link)).stdout).toMatch(/^.*link\.ipynb: cleaned \(\d changes\)\n$/);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('helps with each of its commands', async () => {
    for (const command of ['list', 'check', 'clean']) {
      const { code, stdout, stderr } = await fovea('notebooks', command, '--help');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`Usage: fovea notebooks ${command}`);
    }
    expect((await fovea('notebooks', 'tidy')).code).toBe(2);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
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
    file = notebookFile('messy', ['const n: number = 1;', "const m: number = 'x';"]);
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

  it('refuses a file that is no notebook', async () => {
    file = notebookFile('broken', []);
    writeFileSync(file.path, '{"cells": [');
    const { code, stderr } = await fovea('notebooks', 'check', file.path);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^fovea notebooks: .*broken\.ipynb: expected a notebook \(JSON\)/);
  });
});

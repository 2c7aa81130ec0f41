import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { UserError } from '../../lib/cli/error';
import { exportCommand } from '../../lib/cli/export';
import { examples } from '../plot/examples';

const folder = mkdtempSync(join(tmpdir(), 'fovea-cli-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

const figure = examples.pairMatrix!;
const content = JSON.stringify({
  nbformat: 4,
  cells: [{ outputs: [{ data: { 'application/vnd.vegalite.v5+json': figure.spec, 'text/plain': figure.description } }] }],
});
const notebook = (name: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

async function run(...args: string[]): Promise<string> {
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  await exportCommand().parseAsync(args, { from: 'user' });
  return printed;
}

describe('fovea export', () => {
  it('writes SVG, PNG and PDF into figures beside the notebook, in a folder of its name', async () => {
    const printed = await run(notebook('01-first.ipynb'));
    const out = join(folder, 'figures', '01-first');
    const base = '01-which-pixel-looks-at-which';
    expect(readdirSync(out).sort()).toEqual([`${base}.manifest.json`, `${base}.pdf`, `${base}.png`, `${base}.svg`]);
    expect(printed.trim().split('\n')).toHaveLength(4);
  });

  it('writes the formats asked for to the folder asked for, and prints them as JSON', async () => {
    const out = join(folder, 'elsewhere');
    const path = notebook('02-second.ipynb');
    const printed = JSON.parse(await run(path, '--format', 'csv, JSON', '--out', out, '--json')) as { notebook: string; files: string[] }[];
    expect(printed).toEqual([
      { notebook: path, files: ['csv', 'json', 'manifest.json'].map((end) => join(out, `01-which-pixel-looks-at-which.${end}`)) },
    ]);
    expect(printed[0]!.files.every((file) => existsSync(file))).toBe(true);
  });

  it('keeps the figures of several notebooks apart in one folder', async () => {
    const out = join(folder, 'both');
    await run(notebook('a.ipynb'), notebook('b.ipynb'), '--format', 'csv', '--out', out);
    expect(readdirSync(out).sort()).toEqual(['a', 'b']);
  });

  it('writes the figures of a run into its folder, with its record as provenance', async () => {
    const path = join(folder, 'runs', 'r7');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, '01-first.ipynb'), content);
    writeFileSync(
      join(path, 'run.json'),
      JSON.stringify({
        id: 'r7',
        seed: 3,
        configHash: 'c7',
        data: 'd7',
        versions: { fovea: '0.1.0', tensorflow: null },
        git: { commit: 'abc', dirty: true },
      }),
    );
    await run(path, '--format', 'csv');
    const manifest = JSON.parse(readFileSync(join(path, 'figures', '01-which-pixel-looks-at-which.manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({
      run: 'r7',
      seeds: [3],
      configuration: 'c7',
      data: { data: 'd7' },
      commit: 'abc with changes',
      versions: { fovea: '0.1.0' },
    });
  });

  it('answers wrong use with one line and exit code 2, before it writes anything', async () => {
    const good = notebook('good.ipynb');
    writeFileSync(join(folder, 'empty.ipynb'), '{"cells": []}');
    mkdirSync(join(folder, 'norun'));
    const cases: [string[], string][] = [
      [[good, '--format', 'svg,gif'], '--format: expected some of svg, png, pdf, json, csv, got gif'],
      [[good, join(folder, 'missing.ipynb')], 'there is no such notebook or run: '],
      [[good, join(folder, 'empty.ipynb')], 'empty.ipynb holds no figures; run it first'],
      [[good, join(folder, 'norun')], 'expected a run with an executed notebook (.ipynb) in it, got '],
    ];
    for (const [args, message] of cases) {
      const error: unknown = await run(...args).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) as string });
    }
    expect(existsSync(join(folder, 'figures', 'good'))).toBe(false);
  });

  it('ends with exit code 1 where a file cannot be written', async () => {
    writeFileSync(join(folder, 'taken'), '');
    const error: unknown = await run(notebook('c.ipynb'), '--format', 'csv', '--out', join(folder, 'taken')).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining('a part of the path is a file') as string });
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mimeTypes } from '../../lib/display/bundle';
import { exportNotebook, figuresOf, slug } from '../../lib/display/exportNotebook';
import { save } from '../../lib/display/save';
import type { Figure } from '../../lib/plot/figure';
import { examples } from '../plot/examples';

const folder = mkdtempSync(join(tmpdir(), 'fovea-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
const output = (figure: Figure) => ({
  output_type: 'display_data',
  data: { [mimeTypes[figure.renderer]]: figure.spec, 'text/plain': [figure.description] },
  metadata: {},
});
type Cell = { cell_type: string; outputs?: { output_type: string; data?: Record<string, unknown> }[] };
const notebookOf = (...figures: Figure[]): { nbformat: number; cells: Cell[] } => ({
  nbformat: 4,
  cells: [
    { cell_type: 'markdown' },
    ...figures.map((figure) => ({ cell_type: 'code', outputs: [{ output_type: 'stream', text: 'x' }, output(figure)] })),
  ],
});
const written = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('figuresOf', () => {
  it.each(Object.entries(examples))('finds the whole figure %s in its output', (_, figure) => {
    expect(figuresOf(notebookOf(figure))).toEqual([figure]);
  });

  it('finds nothing in cells without figures', () => {
    expect(figuresOf({ cells: [{}, { outputs: [{ data: { 'image/png': 'x' } }] }] })).toEqual([]);
  });
});

describe('exportNotebook', () => {
  it('numbers the figures and names them after their titles', async () => {
    const notebook = written('two.ipynb', notebookOf(examples.pairMatrix!, examples.confusionMatrix!));
    const files = await exportNotebook(notebook, join(folder, 'two'), ['json', 'csv'], { commit: 'abc' });
    expect(files.map((file) => basename(file))).toEqual([
      '01-which-pixel-looks-at-which.json',
      '01-which-pixel-looks-at-which.csv',
      '01-which-pixel-looks-at-which.manifest.json',
      '02-which-class-is-taken-for-which.json',
      '02-which-class-is-taken-for-which.csv',
      '02-which-class-is-taken-for-which.manifest.json',
    ]);
    const manifest = JSON.parse(readFileSync(files[5]!, 'utf8')) as object;
    expect(manifest).toMatchObject({ commit: 'abc', data: { notebook: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });

  it('draws the same picture as saving the figure itself', async () => {
    const figure = examples.attentionMap!;
    const [exported] = await exportNotebook(written('one.ipynb', notebookOf(figure)), join(folder, 'one'), ['svg']);
    const [saved] = await save(figure, join(folder, 'saved.svg'));
    const drawing = (file: string) => readFileSync(file, 'utf8').replace(/<metadata>.*<\/metadata>/, '');
    expect(drawing(exported!)).toBe(drawing(saved!));
  });

  it('names a notebook without figures and a file that is no notebook', async () => {
    const out = join(folder, 'none');
    await expect(exportNotebook(written('empty.ipynb', { cells: [] }), out, ['svg'])).rejects.toThrow(
      'empty.ipynb holds no figures; run it first: fovea run',
    );
    await expect(exportNotebook(written('text.ipynb', 'hello'), out, ['svg'])).rejects.toThrow('expected a notebook (JSON with cells) in');
    await expect(exportNotebook(join(folder, 'missing.ipynb'), out, ['svg'])).rejects.toThrow('missing.ipynb: there is no such file');
  });

  it('writes the other figures where one cannot be drawn, and then says which', async () => {
    const broken: Figure = { ...examples.pairMatrix!, spec: { title: 'broken', mark: 'nothing', width: 1, height: 1 } };
    const notebook = written('broken.ipynb', notebookOf(broken, examples.confusionMatrix!));
    await expect(exportNotebook(notebook, join(folder, 'broken'), ['svg'])).rejects.toThrow('1 of 2 figures of');
    expect(readFileSync(join(folder, 'broken', '02-which-class-is-taken-for-which.svg'), 'utf8')).toContain('<svg');
  });
});

describe('slug', () => {
  it('makes a file name of a title', () => {
    expect(slug('Where each model looks: 40 x 40!')).toBe('where-each-model-looks-40-x-40');
    expect(slug('Größe')).toBe('gro-e');
    expect(slug('???')).toBe('figure');
  });
});

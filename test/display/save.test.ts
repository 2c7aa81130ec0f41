import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { save } from '../../lib/display/save';
import { examples } from '../plot/examples';

const folder = mkdtempSync(join(tmpdir(), 'fovea-save-'));
afterAll(() => rmSync(folder, { recursive: true }));
const sum = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const figure = examples.confusionMatrix!;
const provenance = {
  seeds: [0, 1, 2],
  run: 'r1',
  configuration: 'c1',
  data: { fashion: 'd1' },
  versions: { tensorflow: '2.21.0' },
  commit: 'abc',
  caption: 'Größer < als & 1',
};

describe('save', () => {
  it.each(['svg', 'png', 'pdf', 'json', 'csv'])('writes the same %s for the same figure and provenance', async (format) => {
    const [first, second] = [join(folder, 'a', `figure.${format}`), join(folder, 'b', `figure.${format}`)];
    expect(await save(figure, first, { provenance })).toEqual([first, join(folder, 'a', 'figure.manifest.json')]);
    await save(figure, second, { provenance });
    expect(sum(second)).toBe(sum(first));
  });

  it('puts the provenance into SVG, PNG and PDF, where it can be read back', async () => {
    const path = (format: string) => join(folder, `stamped.${format}`);
    for (const format of ['svg', 'png', 'pdf']) await save(figure, path(format), { provenance });
    const svg = /<metadata>(.*?)<\/metadata>/.exec(readFileSync(path('svg'), 'utf8'))![1]!;
    const unescaped = svg.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    expect(JSON.parse(unescaped)).toMatchObject(provenanceRead);
    expect(JSON.parse(decode(readFileSync(path('png'))).text.Comment!)).toMatchObject(provenanceRead);
    expect(JSON.parse(pdfText(readFileSync(path('pdf')), 'Keywords'))).toMatchObject(provenanceRead);
  });

  const provenanceRead = {
    ...provenance,
    title: figure.title,
    versions: { tensorflow: '2.21.0', vega: expect.any(String), 'vega-lite': expect.any(String) },
  };

  it('lists in the manifest every file of the figure with its checksum', async () => {
    const base = join(folder, 'listed');
    await save(figure, `${base}.svg`, { provenance });
    await save(figure, `${base}.csv`, { provenance });
    const manifest = JSON.parse(readFileSync(`${base}.manifest.json`, 'utf8')) as { files: Record<string, string>; renderer: string };
    expect(manifest).toMatchObject({ ...provenanceRead, renderer: 'vega-lite', specification: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(manifest.files).toEqual({ 'listed.csv': sum(`${base}.csv`), 'listed.svg': sum(`${base}.svg`) });
    await save(figure, `${base}.csv`, { provenance: { ...provenance, run: 'r2' } }); // another run: the SVG is no longer of this one
    expect(Object.keys((JSON.parse(readFileSync(`${base}.manifest.json`, 'utf8')) as typeof manifest).files)).toEqual(['listed.csv']);
  });

  it('writes the numbers as a table', async () => {
    const path = join(folder, 'table.csv');
    await save(figure, path);
    expect(readFileSync(path, 'utf8')).toBe('true,predicted,images,percent\nCoat,Coat,8,80\nCoat,Bag,2,20\nBag,Coat,1,10\nBag,Bag,9,90\n');
  });

  it('quotes what a table must quote', async () => {
    const path = join(folder, 'quoted.csv');
    await save(
      {
        ...figure,
        data: [
          { a: 'x, "y"', b: null },
          { a: 'line\nbreak', c: [1, 2] },
        ],
      },
      path,
    );
    expect(readFileSync(path, 'utf8')).toBe('a,b,c\n"x, ""y""",,\n"line\nbreak",,"[1,2]"\n');
  });

  it('writes text in a PDF as text of the bundled font, not as pictures', async () => {
    const path = join(folder, 'text.pdf');
    await save(figure, path, { provenance });
    const pdf = readFileSync(path, 'latin1');
    expect(pdf).toContain('Inter-Regular');
    expect(pdf).toContain('Inter-Medium');
    expect(pdf).toContain('Inter-SemiBold');
    expect(pdf).not.toContain('/Subtype /Image');
  });

  it('leaves nothing but the figure and its manifest in the folder, which it makes', async () => {
    await save(figure, join(folder, 'new', 'deep', 'x.json'));
    expect(readdirSync(join(folder, 'new', 'deep')).sort()).toEqual(['x.json', 'x.manifest.json']);
  });

  it('names path and reason where it cannot write', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(save(figure, join(folder, 'file', 'x.json'))).rejects.toThrow(
      /file\/x\.json: cannot be written, a part of the path is a file/,
    );
    mkdirSync(join(folder, 'x.svg'));
    await expect(save(figure, join(folder, 'x.svg'))).rejects.toThrow(/x\.svg: cannot be written/);
    expect(existsSync(join(folder, `.x.svg.${process.pid}.tmp`))).toBe(false);
  });

  it.skipIf(!existsSync('/proc/sys/kernel'))('names a folder that nobody may write to', async () => {
    await expect(save(figure, '/proc/sys/kernel/x.json')).rejects.toThrow(/^\/proc\/sys\/kernel\/x\.json: cannot be written, /);
  });

  it('says which formats there are', async () => {
    await expect(save(figure, 'figure.gif')).rejects.toThrow(
      'save: expected a path that ends in .svg, .png, .pdf, .json, .csv, got figure.gif',
    );
    await expect(save(figure, 'figure')).rejects.toThrow('got figure');
  });
});

/** An entry of a PDF's information: UTF-16 where it starts with a byte order mark, with backslashes before ( ) and \. */
function pdfText(pdf: Buffer, key: string): string {
  const object = new RegExp(`/${key} (\\d+) 0 R`).exec(pdf.toString('latin1'))![1]!;
  const start = pdf.indexOf('(', pdf.indexOf(`\n${object} 0 obj\n`)) + 1;
  const bytes: number[] = [];
  for (let i = start; pdf[i] !== 0x29; i++) {
    if (pdf[i] === 0x5c) {
      i++;
      const control = 'nrtbf'.indexOf(String.fromCharCode(pdf[i]!));
      bytes.push(control < 0 ? pdf[i]! : [10, 13, 9, 8, 12][control]!);
    } else bytes.push(pdf[i]!);
  }
  const text = Buffer.from(bytes);
  return text[0] === 0xfe && text[1] === 0xff ? text.subarray(2).swap16().toString('utf16le') : text.toString('latin1');
}

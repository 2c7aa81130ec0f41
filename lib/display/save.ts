/**
 * Saves a figure as svg, png (two pixels a figure's pixel), pdf, json (the specification) or csv (the numbers), by the
 * path's extension, with its provenance inside and in NAME.manifest.json beside it.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Figure } from '../plot/figure';
import { encode, type Format, formats } from './encode';
import { type Provenance, type Stamp, sha256, stampOf } from './provenance';
import { writeWhole } from './write';

export type SaveOptions = { readonly provenance?: Provenance };

/** Returns the files written: the figure and its manifest. */
export async function save(figure: Figure, path: string, { provenance }: SaveOptions = {}): Promise<string[]> {
  const format = extname(path).slice(1).toLowerCase();
  if (!isFormat(format)) throw new Error(`save: expected a path that ends in .${formats.join(', .')}, got ${path}`);
  return saveAs(figure, path.slice(0, -extname(path).length), [format], { ...(provenance && { provenance }) });
}

export const isFormat = (text: string): text is Format => (formats as readonly string[]).includes(text);

/** Several formats at once: `base` is the path without extension; drawn once for all of them. */
export async function saveAs(figure: Figure, base: string, wanted: readonly Format[], { provenance }: SaveOptions = {}): Promise<string[]> {
  const stamp = await stampOf(figure, provenance);
  const files = await encode(figure, wanted, stamp);
  const written = [...files].map(([format, content]) => {
    const path = `${base}.${format}`;
    writeWhole(path, content);
    return { path, content };
  });
  const manifest = join(dirname(base), `${basename(base)}.manifest.json`);
  const sums = Object.fromEntries(written.map(({ path, content }) => [basename(path), sha256(content)]));
  const all = Object.entries({ ...earlierFiles(manifest, stamp), ...sums }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeWhole(manifest, `${JSON.stringify({ ...stamp, renderer: figure.renderer, files: Object.fromEntries(all) }, null, 2)}\n`);
  return [...written.map(({ path }) => path), manifest];
}

/** Files of the same figure and provenance saved before: the manifest lists them together. */
function earlierFiles(manifest: string, stamp: Stamp): Record<string, string> {
  try {
    const {
      files,
      renderer: _,
      ...earlier
    } = JSON.parse(readFileSync(manifest, 'utf8')) as Stamp & { files: Record<string, string>; renderer: string };
    return JSON.stringify(earlier) === JSON.stringify(stamp) ? files : {};
  } catch {
    return {}; // none yet, or not one of ours: it is written anew
  }
}

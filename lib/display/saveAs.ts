/** A figure in several formats at once, drawn once for all of them, and its manifest. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Figure } from '../plot/figure';
import { encode, type Format } from './encode';
import { type Provenance, type Stamp, sha256, stampOf } from './provenance';
import { writeWhole } from './write';

/** `base` is the path without extension; returns the files written, the manifest last. */
export async function saveAs(figure: Figure, base: string, wanted: readonly Format[], provenance?: Provenance): Promise<string[]> {
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

/**
 * Saves a figure as svg, png (two pixels a figure's pixel), pdf, json (the specification) or csv (the numbers), by the
 * path's extension, with its provenance inside and in NAME.manifest.json beside it.
 */
import { extname } from 'node:path';
import type { Figure } from '../plot/figure';
import { formats, isFormat } from './encode';
import type { Provenance } from './provenance';
import { saveAs } from './saveAs';

export type { Provenance } from './provenance';
export type SaveOptions = { readonly provenance?: Provenance };

/** Returns the files written: the figure and its manifest. */
export async function save(figure: Figure, path: string, { provenance }: SaveOptions = {}): Promise<string[]> {
  const format = extname(path).slice(1).toLowerCase();
  if (!isFormat(format)) throw new Error(`save: expected a path that ends in .${formats.join(', .')}, got ${path}`);
  return saveAs(figure, path.slice(0, -extname(path).length), [format], provenance);
}

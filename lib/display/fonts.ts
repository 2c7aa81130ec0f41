/**
 * The one font of all figures, Inter (fonts/OFL.txt), for measuring, drawing and embedding: what is installed on a
 * machine never changes a figure.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Font, openSync } from 'fontkit';

const load = createRequire(__filename); // when a text is measured: it unpacks tables of Unicode

// From lib/display when tests import the source, from lib/dist/display when it is built.
const folder = [join(__dirname, 'fonts'), join(__dirname, '..', '..', 'display', 'fonts')].find(existsSync) ?? join(__dirname, 'fonts');

const file = (name: string): string => join(folder, `Inter-${name}.ttf`);
const weights: readonly { readonly atLeast: number; readonly family: string; readonly file: string }[] = [
  { atLeast: 600, family: 'Inter SemiBold', file: file('SemiBold') },
  { atLeast: 500, family: 'Inter Medium', file: file('Medium') },
  { atLeast: 0, family: 'Inter', file: file('Regular') },
];
export const fontFiles: readonly string[] = weights.map((weight) => weight.file);

/** The family name and file for a CSS font weight. */
export function fontFor(weight: number | string | undefined): { family: string; file: string } {
  const number = weight === 'bold' ? 700 : Number(weight) || 400;
  return weights.find(({ atLeast }) => number >= atLeast)!;
}

const opened = new Map<string, Font>();
const known = new Map<string, number>();

/** Width of a text in pixels, kerning included, as resvg and the PDF draw it. */
export function textWidth(text: string, size: number, weight?: number | string): number {
  const { file } = fontFor(weight);
  const key = `${file} ${text}`;
  let width = known.get(key);
  if (width === undefined) {
    const font = opened.get(file) ?? ((load('fontkit') as { openSync: typeof openSync }).openSync(file) as Font);
    opened.set(file, font);
    width = font.layout(text).advanceWidth / font.unitsPerEm;
    if (known.size > 10_000) known.clear();
    known.set(key, width);
  }
  return width * size;
}

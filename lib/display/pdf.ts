/**
 * An SVG as a PDF of one page with real vectors and text in the embedded font. Dates are fixed, so the same SVG gives the
 * same bytes: pdfkit derives the file's id from them and from the title.
 */
import { createRequire } from 'node:module';
import type PDFDocument from 'pdfkit';
import type svgToPdf from 'svg-to-pdfkit';
import { fontFor } from './fonts';

const load = createRequire(__filename); // when a PDF is wanted: pdfkit brings a cipher and a font reader of its own

const pointsPerPixel = 0.75;

export type PdfInfo = { readonly title: string; readonly subject: string; readonly keywords: string; readonly producer: string };

export function toPdf(svg: string, { title, subject, keywords, producer }: PdfInfo): Promise<Uint8Array> {
  const [width, height] = sizeOf(svg);
  const fixed = new Date(0);
  const info = {
    Title: title,
    Subject: subject,
    Keywords: keywords,
    Creator: 'Fovea',
    Producer: producer,
    CreationDate: fixed,
    ModDate: fixed,
  };
  const Document = load('pdfkit') as typeof PDFDocument;
  const draw = load('svg-to-pdfkit') as typeof svgToPdf;
  const pdf = new Document({ size: [width * pointsPerPixel, height * pointsPerPixel], margin: 0, info, font: fontFor(400).file });
  for (const weight of [400, 500, 600]) pdf.registerFont(fontFor(weight).family, fontFor(weight).file);
  const families = new Set([400, 500, 600].map((weight) => fontFor(weight).family));
  const chunks: Uint8Array[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  draw(pdf, namedByWeight(svg), 0, 0, {
    fontCallback: (family, bold) => (families.has(family) ? family : bold ? 'Inter SemiBold' : 'Inter'),
  });
  pdf.end();
  return done;
}

/** The library knows normal and bold only, so each weight is given as a family of its own. */
function namedByWeight(svg: string): string {
  return svg.replace(/<text\b[^>]*>/g, (tag) => {
    const weight = /font-weight="(\w+)"/.exec(tag)?.[1];
    return weight ? tag.replace(/font-family="[^"]*"/, `font-family="${fontFor(weight).family}"`).replace(/ font-weight="\w+"/, '') : tag;
  });
}

function sizeOf(svg: string): [number, number] {
  const tag = /<svg\b[^>]*>/.exec(svg)?.[0] ?? '';
  const [width, height] = ['width', 'height'].map((name) => Number(new RegExp(`\\b${name}="([\\d.]+)`).exec(tag)?.[1]));
  if (!width || !height) throw new Error(`toPdf: expected an SVG with width and height, got ${tag.slice(0, 80) || 'none'}`);
  return [width, height];
}

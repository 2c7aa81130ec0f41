/** A figure as the bytes of each file format, its provenance inside: the same bytes for the same figure and provenance. */
import { encode as encodePng } from 'fast-png';
import type { Figure } from '../plot/figure';
import { toPdf } from './pdf';
import { renderPlotly } from './plotly';
import { type Stamp, version } from './provenance';
import { toPng, vegaSvg } from './render';

export const formats = ['svg', 'png', 'pdf', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];
export const isFormat = (text: string): text is Format => (formats as readonly string[]).includes(text);

export async function encode(figure: Figure, wanted: readonly Format[], stamp: Stamp): Promise<Map<Format, Uint8Array>> {
  const files = new Map<Format, Uint8Array>();
  const pictures = wanted.some((format) => format === 'svg' || format === 'png' || format === 'pdf');
  const svg = pictures ? await drawSvg(figure) : '';
  for (const format of wanted) {
    if (format === 'json') files.set(format, utf8(`${JSON.stringify(figure.spec, null, 1)}\n`));
    else if (format === 'csv') files.set(format, utf8(toCsv(figure.data)));
    else if (format === 'svg') files.set(format, utf8(stamped(svg, figure, stamp)));
    else if (format === 'png') files.set(format, pngWithText(svg, stamp));
    else
      files.set(
        format,
        await toPdf(svg, {
          title: figure.title,
          subject: stamp.caption,
          keywords: JSON.stringify(stamp),
          producer: `Fovea ${version}`,
        }),
      );
  }
  return files;
}

const drawSvg = async (figure: Figure): Promise<string> =>
  figure.renderer === 'plotly' ? (await renderPlotly(figure)).svg : vegaSvg(figure);

/** Figures are opaque, so three channels hold them; the text is kept to ASCII, all that a tEXt chunk may hold. */
function pngWithText(svg: string, stamp: Stamp): Uint8Array {
  const { pixels, width, height } = toPng(svg, 2);
  const data = new Uint8Array((pixels.length / 4) * 3);
  for (let i = 0, j = 0; i < pixels.length; i++) if (i % 4 !== 3) data[j++] = pixels[i]!;
  return encodePng({
    width,
    height,
    channels: 3,
    depth: 8,
    data,
    text: { Software: `Fovea ${version}`, Comment: ascii(JSON.stringify(stamp)) },
  });
}

const ascii = (json: string): string =>
  json.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Title, description and provenance as the first children of the drawing, where the SVG standard puts them. */
function stamped(svg: string, figure: Figure, stamp: Stamp): string {
  const head = `<title>${escaped(figure.title)}</title><desc>${escaped(figure.description)}</desc><metadata>${escaped(JSON.stringify(stamp))}</metadata>`;
  return svg.replace(/<svg\b[^>]*>/, (tag) => `${tag}${head}`);
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export function toCsv(rows: readonly object[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => field((row as Record<string, unknown>)[column])).join(','));
  return `${[columns.map(field).join(','), ...lines].join('\n')}\n`;
}

function field(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

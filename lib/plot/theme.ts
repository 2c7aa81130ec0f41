/**
 * One theme for all figures. Ink is dark slate, grids are hairlines, and colour carries meaning only: categories in the
 * order of Okabe and Ito (safe for colour-blind readers), magnitudes in cividis (lighter is more), signed values
 * blue-white-orange about zero. It travels inside each specification, so JupyterLab draws what the export draws, and the
 * background is white, so a dark JupyterLab stays readable.
 */
import type { Figure } from './figure';

export const ink = '#1f2933';
export const quiet = '#616e7c';
export const line = '#9aa5b1';
export const hair = '#e4e7eb';
export const wrong = '#d55e00';
export const right = '#009e73';
export const font = 'Inter, system-ui, sans-serif';
export const palette: readonly string[] = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#6b4c9a', '#7a5c3e'];
export const greys: readonly string[] = ['#000000', '#ffffff'];
// Seventeen of the colours of cividis (Nunez et al. 2018), evenly spaced; between them a straight line in RGB.
export const cividis: readonly string[] =
  '#002051 #012b65 #10366c #25416e #3b4c6e #4f576e #60636f #706f71 #7e7a74 #8a8677 #989278 #a69f77 #b7ac72 #caba6a #dec85f #f0d652 #fce647'.split(
    ' ',
  );
export const signed: readonly string[] = ['#134b73', '#4f97c4', '#b0d3e6', '#ffffff', '#f7cfa3', '#e08a3c', '#8c3f0a'];

const config = {
  font,
  background: 'white',
  padding: 8,
  view: { stroke: null },
  title: {
    anchor: 'start',
    fontSize: 14,
    fontWeight: 600,
    color: ink,
    subtitleColor: quiet,
    subtitleFontSize: 11,
    subtitleLineHeight: 15,
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelColor: quiet,
    titleColor: ink,
    labelFontSize: 10,
    titleFontSize: 11,
    titleFontWeight: 500,
    domainColor: line,
    tickColor: line,
    gridColor: hair,
    gridWidth: 1,
    titlePadding: 8,
    labelPadding: 4,
    tickSize: 4,
  },
  axisX: { grid: false },
  legend: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 10,
    titleFontSize: 11,
    titleFontWeight: 500,
    symbolStrokeWidth: 2,
    gradientThickness: 10,
    orient: 'right',
    titlePadding: 6,
  },
  concat: { spacing: 24 },
  range: { category: palette, ramp: cividis, heatmap: cividis, diverging: signed },
  line: { strokeWidth: 2 },
  rule: { color: line },
  rect: { stroke: null },
  point: { filled: true, size: 40, opacity: 1 },
  text: { color: ink, fontSize: 10 },
};

/** The title of one panel of several. */
export const panelTitle = (text: string): object => ({ text, anchor: 'start', fontSize: 11, fontWeight: 500, offset: 6 });

/** The colour of a weight, on a scale from 0 (or below) to the largest, with as many decimals as its ticks need. */
export function weightColour(domain: readonly [number, number], gradientLength: number, opacity = 1, title = 'weight'): object {
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(domain[1] - domain[0])));
  const legend = { title, gradientLength, gradientOpacity: opacity, format: `.${decimals}f`, tickCount: 5 };
  return { field: 'weight', type: 'quantitative', scale: { domain, range: cividis, interpolate: 'rgb' }, legend };
}

export type Parts = {
  readonly title: string;
  readonly subtitle: string | readonly string[];
  readonly description: string;
  readonly data: readonly object[];
  /** Width of the drawing in pixels, for the line breaks of the subtitle. */
  readonly width: number;
  readonly datasets?: Readonly<Record<string, readonly object[]>>;
  readonly spec: object;
};

/** A figure drawn by vega-lite, with the theme inside. The schema is the version that JupyterLab brings. */
export function vegaLite({ title, subtitle, description, data, width, datasets = {}, spec }: Parts): Figure {
  const lines = (typeof subtitle === 'string' ? [subtitle] : subtitle).flatMap((text) => wrap(text, width));
  return {
    title,
    description,
    data,
    renderer: 'vega-lite',
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
      description,
      title: { text: title, ...(lines.length > 0 && { subtitle: lines }) },
      datasets: { data, ...datasets },
      ...spec,
      config,
    },
  };
}

/** Lines of at most `width` pixels in the subtitle's size, where a letter is about 5.4 wide. */
export function wrap(text: string, width: number): string[] {
  const longest = Math.max(40, Math.floor(width / 5.4));
  const lines: string[] = [];
  for (const word of text.replace(/ %/g, '\u00a0%').split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= longest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The colour at t from 0 to 1 along a list of colours, as [red, green, blue]; the same straight lines that vega draws. */
export function colourAt(colours: readonly string[], t: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, t)) * (colours.length - 1);
  const i = Math.min(colours.length - 2, Math.floor(at));
  const [a, b] = [channels(colours[i]!), channels(colours[i + 1]!)];
  const mix = (c: 0 | 1 | 2): number => Math.round(a[c] + (b[c] - a[c]) * (at - i));
  return [mix(0), mix(1), mix(2)];
}

const channels = (hex: string): [number, number, number] => {
  const n = Number.parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
};

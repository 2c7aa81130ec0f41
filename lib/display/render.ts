/**
 * A vega-lite figure to SVG and PNG: the same bytes for the same figure on every run. For that text is measured in the
 * bundled font, ids of gradients start anew for each figure, and figures are drawn one after the other, because the
 * counter of those ids is vega's own and shared.
 */
import { Resvg } from '@resvg/resvg-js';
import type { Figure } from '../plot/figure';
import { fontFiles, textWidth } from './fonts';

export type Rendered = { readonly svg: string; readonly png: Uint8Array; readonly width: number; readonly height: number };

let queue: Promise<unknown> = Promise.resolve();

/** Scale 2 gives two pixels of the PNG for each of the figure's. */
export async function render(figure: Figure, scale = 2): Promise<Rendered> {
  const svg = await vegaSvg(figure);
  const { png, width, height } = toPng(svg, scale);
  return { svg, png, width: Math.round(width / scale), height: Math.round(height / scale) };
}

export function vegaSvg(figure: Figure): Promise<string> {
  if (figure.renderer !== 'vega-lite') throw new Error(`render: expected a vega-lite figure, got one for ${figure.renderer}`);
  const drawn = queue.then(() => draw(figure.spec));
  queue = drawn.catch(() => undefined);
  return drawn.catch((error: unknown) => {
    throw new Error(`render: vega-lite cannot draw the specification of "${figure.title}": ${(error as Error).message}`, { cause: error });
  });
}

export function toPng(svg: string, scale: number): { png: Uint8Array; pixels: Uint8Array; width: number; height: number } {
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    background: 'white',
    font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  }).render();
  return { png: image.asPng(), pixels: image.pixels, width: image.width, height: image.height };
}

type Vega = typeof import('vega', { with: { 'resolution-mode': 'import' }});
type VegaLite = typeof import('vega-lite', { with: { 'resolution-mode': 'import' }});
let loaded: Promise<readonly [Vega, VegaLite]> | undefined;

/** vega and vega-lite, which exist as ES modules only; loaded when the first figure is drawn. */
export function vegaModules(): Promise<readonly [Vega, VegaLite]> {
  loaded ??= Promise.all([import('vega'), import('vega-lite')]).then(([vega, vegaLite]) => {
    measureWithBundledFont(vega);
    return [vega, vegaLite] as const;
  });
  return loaded;
}

async function draw(spec: object): Promise<string> {
  const [vega, vegaLite] = await vegaModules();
  vega.resetSVGDefIds();
  const logger = vega.logger(vega.Error);
  const own = structuredClone(spec) as Parameters<VegaLite['compile']>[0]; // vega writes into the rows it is given
  const compiled = vegaLite.compile(own, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

type TextItem = { readonly fontSize?: number; readonly fontWeight?: number | string; readonly limit?: number };

function measureWithBundledFont(vega: Vega): void {
  const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } }; // exported, but not in its types
  textMetrics.width = (item, text) =>
    text === undefined || text === null || text === '' ? 0 : textWidth(String(text), item.fontSize ?? 11, item.fontWeight);
}

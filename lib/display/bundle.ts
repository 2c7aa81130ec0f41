/** What a notebook keeps of a figure: the interactive specification, a still picture and words. */
import type { Figure } from '../plot/figure';
import { findChromium } from './chromium';
import type { Bundle } from './kernel';
import { renderPlotly } from './plotly';
import { render } from './render';

export const mimeTypes = { 'vega-lite': 'application/vnd.vegalite.v5+json', plotly: 'application/vnd.plotly.v1+json' } as const;

export async function bundleOf(figure: Figure): Promise<Bundle> {
  const words = { [mimeTypes[figure.renderer]]: figure.spec, 'text/plain': figure.description };
  // without Chromium a plotly figure is still drawn by JupyterLab; only its still picture is missing
  // at scale 1: JupyterLab's plotly shows the picture in its own size, whatever width and height say
  const drawn = figure.renderer === 'vega-lite' ? await render(figure) : findChromium() ? await renderPlotly(figure, 1) : undefined;
  if (!drawn) return { data: words, metadata: {} };
  const { png, width, height } = drawn;
  return { data: { ...words, 'image/png': Buffer.from(png).toString('base64') }, metadata: { 'image/png': { width, height } } };
}

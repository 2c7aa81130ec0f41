/**
 * Shows a figure in a notebook as one bundle: the interactive specification, a PNG for readers that run no script (a code
 * host, a converted page), and words. Never html, which would win over vega in JupyterLab; nothing that changes from run
 * to run, so that running a notebook again leaves its file as it was.
 */
import type { Figure } from '../plot/figure';
import { findChromium } from './chromium';
import { type Bundle, send } from './kernel';
import { renderPlotly } from './plotly';
import { render } from './render';

export const mimeTypes = { 'vega-lite': 'application/vnd.vegalite.v5+json', plotly: 'application/vnd.plotly.v1+json' } as const;

export async function show(figure: Figure): Promise<void> {
  const bundle = await bundleOf(figure);
  if (!send(bundle)) process.stdout.write(`${figure.description}\n`);
}

export async function bundleOf(figure: Figure): Promise<Bundle> {
  const words = { [mimeTypes[figure.renderer]]: figure.spec, 'text/plain': figure.description };
  // without Chromium a plotly figure is still drawn by JupyterLab; only its still picture is missing
  const drawn = figure.renderer === 'vega-lite' ? await render(figure) : findChromium() ? await renderPlotly(figure) : undefined;
  if (!drawn) return { data: words, metadata: {} };
  const { png, width, height } = drawn;
  return { data: { ...words, 'image/png': Buffer.from(png).toString('base64') }, metadata: { 'image/png': { width, height } } };
}

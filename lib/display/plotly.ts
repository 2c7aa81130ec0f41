/**
 * A plotly figure to SVG, drawn by plotly itself in a headless Chromium: three-dimensional figures need WebGL. Math.random
 * is seeded, because plotly makes the ids of its SVG from it. The PNG is made from the SVG, as for every other figure,
 * because in a PNG of its own plotly cannot use the bundled font.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Figure } from '../plot/figure';
import { chromium, chromiumRemedy, findChromium } from './chromium';
import { fontFor } from './fonts';
import { type Rendered, toPng } from './render';

const flags = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];

export async function renderPlotly(figure: Figure, scale = 2): Promise<Rendered> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`no Chromium found to draw the plotly figure "${figure.title}": ${chromiumRemedy}`);
  const { width = 700, height = 500 } = (figure.spec as { layout?: { width?: number; height?: number } }).layout ?? {};
  return inChromium(executablePath, async (browser) => {
    const page = await openPage(await browser.newPage({ viewport: { width, height } }));
    const svg = decodeURIComponent(afterComma(await toImage(page, figure.spec, { format: 'svg', width, height })));
    return { svg, png: toPng(svg, scale).png, width, height };
  });
}

/** With a home of its own: Chromium makes folders there, and the user's is not ours to write to. */
async function inChromium<T>(executablePath: string, use: (browser: Browser) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'fovea-chromium-'));
  const root = process.getuid?.() === 0; // Chromium refuses to sandbox itself for root
  try {
    const browser = await chromium().launch({
      executablePath,
      args: root ? [...flags, '--no-sandbox'] : flags,
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    });
    try {
      return await use(browser);
    } finally {
      await browser.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openPage(page: Page): Promise<Page> {
  await page.addInitScript('{ let state = 1; Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647; }');
  const faces = [400, 500, 600].map((weight) => {
    const bytes = readFileSync(fontFor(weight).file).toString('base64');
    return `@font-face { font-family: Inter; font-weight: ${weight}; src: url(data:font/ttf;base64,${bytes}); }`;
  });
  await page.goto('about:blank');
  await page.addStyleTag({ content: faces.join('\n') });
  await page.evaluate("Promise.all(['400', '600'].map((weight) => document.fonts.load(weight + ' 12px Inter')))");
  await page.addScriptTag({ path: createRequire(__filename).resolve('plotly.js-dist-min/plotly.min.js') });
  return page;
}

type ImageOptions = { readonly format: 'svg'; readonly width: number; readonly height: number };

// As text, because the page's globals are no part of this program's types.
const toImage = (page: Page, spec: object, options: ImageOptions): Promise<string> =>
  page.evaluate<string>(`Plotly.toImage(${JSON.stringify(spec)}, ${JSON.stringify(options)})`);

const afterComma = (address: string): string => address.slice(address.indexOf(',') + 1);

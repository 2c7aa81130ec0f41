/** What is shown stays readable: in the dark theme and in a narrow window. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST, fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import {
  endSessions,
  keepPicture,
  type LabPage,
  type LabProcess,
  openBrowser,
  openNotebook,
  runAll,
  saveNotebook,
  startLab,
  withSettings,
} from './jupyterLab';
import { notebookText } from './notebookText';

const POINTS = 'Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(i), i / 30] as [number, number, number])';
const CELLS = [
  "import { embedding3d, learningCurves, progress, selfAttention, show, tf } from 'fovea';",
  "const bar = progress({ total: 3, label: 'three' });\nbar.tick(2);\nbar.done('all there');",
  "console.log('printed');\nconsole.error('complained');",
  'tf.tensor2d([[1, 2], [3, 4]])',
  "[{ name: 'one', value: 1 }, { name: 'two', value: 2 }]",
  `await show(embedding3d({ title: 'Thirty points', subtitle: 'on a screw', points: ${POINTS}, labels: Array(30).fill('one'), axes: ['a', 'b', 'c'] }));`,
  'const wrong: number = "x";',
  'selfAttention({ dim: 10, heads: 4 });',
];

let place: Workplace;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
let shown: string;
beforeAll(async () => {
  place = workplace();
  shown = place.copy(FIRST);
  lab = await startLab(8930);
  browser = await openBrowser();
  page = browser.page;
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  place.remove();
});

const underTheme = (theme: string): Promise<void> => withSettings(browser.context, '@jupyterlab/apputils-extension:themes', { theme });

describe.each(['JupyterLab Light', 'JupyterLab Dark'])('%s', (theme) => {
  it('has text that stands out from its ground in every kind of output', async () => {
    await underTheme(theme);
    const path = join(place.folder, 'looks.ipynb');
    const written = existsSync(path); // by the theme before, with its outputs
    if (!written) place.put('looks.ipynb', notebookText(CELLS.map((source) => ({ source, tags: ['raises-exception'] }))));
    await openNotebook(lab, page, fromRoot(path));
    expect(await page.locator('body').getAttribute('data-jp-theme-name')).toBe(theme);
    if (!written) await runAll(lab, page, fromRoot(path), 120_000);
    if (!written) await saveNotebook(page);
    await keepPicture(page, `outputs-${theme}`);
    const texts = await contrasts(page);
    const all = texts.map(({ text }) => text).join('\n');
    for (const words of ['three: 2 of 3 steps, all there', 'printed', 'complained', 'TS2322', 'got dim=10']) expect(all).toContain(words);
    expect(texts.filter(({ ratio }) => ratio < 4.5)).toEqual([]); // what WCAG asks of text
    await endSessions(lab);
  });
});

describe('a figure in the dark theme', () => {
  it('brings its own ground', async () => {
    await underTheme('JupyterLab Dark');
    await openNotebook(lab, page, fromRoot(shown));
    const canvases = page.locator('.vega-embed canvas');
    await canvases.nth(5).waitFor();
    expect(await canvases.count()).toBe(6);
    for (const [i, canvas] of (await canvases.all()).entries())
      expect(await cornerOf(canvas), `figure ${i + 1}`).toEqual([255, 255, 255, 255]);
    await canvases.nth(2).scrollIntoViewIfNeeded();
    await keepPicture(page, 'figure-dark');
    await endSessions(lab);
  });
});

describe('a window of 700 pixels', () => {
  it('hides no part of a figure: what is wider than its cell can be scrolled to', async () => {
    await underTheme('JupyterLab Light');
    await page.setViewportSize({ width: 700, height: 1200 });
    await openNotebook(lab, page, fromRoot(shown));
    await page.locator('.vega-embed canvas').nth(5).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(700);
    for (const [i, output] of (await page.locator('.jp-OutputArea-output:has(.vega-embed)').all()).entries()) {
      await output.scrollIntoViewIfNeeded();
      const { scrollable, hidden } = await reach(output);
      expect(hidden === 0 || scrollable, `figure ${i + 1} hides ${hidden} pixels`).toBe(true);
      await keepPicture(page, `narrow-${i + 1}`);
    }
    await endSessions(lab);
  });
});

/** Text of outputs with the contrast between its colour and the ground behind it, as WCAG computes it. */
function contrasts(on: Page): Promise<{ text: string; ratio: number }[]> {
  return on.evaluate(`(() => {
    const rgba = (css) => (css.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const [r, g, b, a = 1] = rgba(getComputedStyle(at).backgroundColor);
        if (a > 0.99) return [r, g, b];
      }
      return [255, 255, 255];
    };
    const found = [];
    for (const output of document.querySelectorAll('.jp-OutputArea-output')) {
      const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent.trim();
        if (text === '' || node.parentElement.closest('svg, style, script, details:not([open]), .vega-actions')) continue;
        const [a, b] = [light(rgba(getComputedStyle(node.parentElement).color)), light(ground(node.parentElement))];
        found.push({ text, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) });
      }
    }
    return found;
  })()`);
}

const cornerOf = (canvas: Locator): Promise<number[]> =>
  canvas.evaluate((element) => {
    const context = (
      element as unknown as { getContext: (kind: '2d') => { getImageData: (...box: number[]) => { data: number[] } } }
    ).getContext('2d');
    return Array.from(context.getImageData(1, 1, 1, 1).data);
  });

/** How many pixels of an output's drawing are beyond its right edge, and whether one can scroll to them. */
function reach(output: Locator): Promise<{ scrollable: boolean; hidden: number }> {
  return output.evaluate((element) => {
    type Node = { parentElement: Node | null; scrollWidth: number; clientWidth: number };
    const style = (node: Node): string =>
      (globalThis as unknown as { getComputedStyle: (n: Node) => { overflowX: string } }).getComputedStyle(node).overflowX;
    let hidden = 0;
    for (let node: Node | null = element as unknown as Node; node; node = node.parentElement) {
      const over = node.scrollWidth - node.clientWidth;
      if (over <= 1) continue;
      hidden = Math.max(hidden, over);
      if (/auto|scroll/.test(style(node))) return { scrollable: true, hidden };
    }
    return { scrollable: false, hidden };
  });
}

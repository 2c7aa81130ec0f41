/** The committed notebooks, opened in JupyterLab, run from the menu, looked at and saved. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRST, forgetRuns, fromRoot, quickWith, SECOND, type Workplace, workplace } from '../notebooks/workplace';
import {
  atHome,
  endSessions,
  errorsOn,
  keepPicture,
  type LabPage,
  type LabProcess,
  openBrowser,
  openNotebook,
  runAll,
  startLab,
  until,
} from './jupyterLab';

const LIMIT_MS = 600_000;
const seeds = [7003, 7004]; // of these tests alone
let place: Workplace;
let home: string;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
beforeAll(async () => {
  place = workplace();
  forgetRuns(seeds); // of a test that was killed
  home = mkdtempSync(join(tmpdir(), 'fovea-home-'));
  lab = await startLab(8960, atHome(home));
  browser = await openBrowser();
  page = browser.page;
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  forgetRuns(seeds);
  place.remove();
  rmSync(home, { recursive: true, force: true });
});

describe('01 in JupyterLab', () => {
  it('runs from the menu and draws six figures', async () => {
    await runWhole(place.copy(FIRST));
    expect(await drawnFigures()).toEqual({ vega: 6, plotly: 0 });
    expect(await page.locator('.jp-OutputArea-output', { hasText: 'by hand and by library differ by less than 1e-6: true' }).count()).toBe(
      2,
    );
  });

  it('has an explorer whose pixels can be clicked when the kernel is gone', async () => {
    await endSessions(lab);
    expect(await lab.api('sessions')).toEqual([]);
    const canvas = page.locator('.jp-Cell', { hasText: 'pixelExplorer({' }).locator('canvas').first();
    await canvas.scrollIntoViewIfNeeded();
    const first = await picture(canvas);
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const seen = [first];
    for (const [across, down] of [
      [0.06, 0.3],
      [0.2, 0.6],
    ] as const) {
      await page.mouse.click(x + across * width, y + down * height);
      await until(10_000, `the explorer was as before, ${seen.length} clicks`, async () => !seen.includes(await picture(canvas)));
      seen.push(await picture(canvas));
    }
    expect(await lab.api('sessions')).toEqual([]);
    await keepPicture(page, 'explorer');
  });
});

describe('02 in JupyterLab, with two seeds, quickly', () => {
  it('runs from the menu, draws every figure, and its bars end at their totals', async () => {
    await runWhole(place.copy(SECOND, quickWith(seeds)));
    const { vega, plotly } = await drawnFigures();
    expect(vega).toBeGreaterThanOrEqual(8);
    expect(plotly).toBe(1);
    const bars = (await page.locator('.jp-OutputArea-output').allTextContents()).filter((text) => /^\S+, seed \d+: /.test(text));
    expect(bars.map((bar) => /^(.+): (\d+) of \2 steps, test accuracy [\d.]+ %$/.exec(bar.trim())?.[1])).toEqual(
      ['baseline', 'squeeze-excite', 'attention-pooling'].flatMap((name) => seeds.map((seed) => `${name}, seed ${seed}`)),
    );
    await endSessions(lab);
  });
});

describe('all the while', () => {
  it('no other host was asked for anything, and the console stayed quiet', () => {
    expect(browser.foreign).toEqual([]);
    expect(browser.complaints).toEqual([]);
  });

  it('nothing was written into the home folder', () => {
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });
});

/** Opens, runs and expects every cell to have a number and none to have an error or words on stderr. */
async function runWhole(path: string): Promise<void> {
  await openNotebook(lab, page, fromRoot(path));
  await runAll(lab, page, fromRoot(path), LIMIT_MS);
  const cells = (JSON.parse(readFileSync(path, 'utf8')) as { cells: { cell_type: string }[] }).cells;
  const code = cells.filter(({ cell_type }) => cell_type === 'code').length;
  expect(await errorsOn(page).allTextContents()).toEqual([]);
  expect(await page.locator('.jp-CodeCell .jp-InputPrompt').allTextContents()).toEqual(
    Array.from({ length: code }, (_, i) => `[${i + 1}]:`),
  );
}

/** Scrolls to each figure and counts those that are drawn, have a size and are not cut off. */
async function drawnFigures(): Promise<{ vega: number; plotly: number }> {
  const vega = await page.locator('.jp-OutputArea-output:has(.vega-embed)').all();
  for (const [i, output] of vega.entries()) await wholeOf(output, 'canvas, svg', `figure-${i + 1}`);
  const plotly = await page.locator('.jp-RenderedPlotly').all();
  for (const [i, output] of plotly.entries()) await wholeOf(output, ':is(img, svg, canvas):visible', `plotly-${i + 1}`);
  const pictures = page.locator('.jp-OutputArea-output img');
  const widths = await pictures.evaluateAll((all) => all.map((one) => ('naturalWidth' in one ? Number(one.naturalWidth) : 0)));
  for (const width of widths) expect(width).toBeGreaterThan(0);
  return { vega: vega.length, plotly: plotly.length };
}

async function wholeOf(output: Locator, drawing: string, name: string): Promise<void> {
  await output.scrollIntoViewIfNeeded();
  const { x, width, height } = (await output.locator(drawing).first().boundingBox())!;
  const area = (await output.boundingBox())!;
  expect([width > 100, height > 50], name).toEqual([true, true]);
  expect(x + width, `the right edge of ${name}`).toBeLessThanOrEqual(area.x + area.width);
  await keepPicture(page, name);
}

const picture = async (canvas: Locator): Promise<string> => {
  const url = await canvas.evaluate((element) => ('toDataURL' in element ? (element.toDataURL as () => string)() : ''));
  return createHash('sha256').update(url).digest('hex');
};

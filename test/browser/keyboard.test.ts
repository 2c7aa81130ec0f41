/** A notebook opened, run, completed, interrupted, restarted and saved without a mouse. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import {
  cellAt,
  cellDone,
  endSessions,
  isDirty,
  keepPicture,
  kernelIdle,
  type LabPage,
  type LabProcess,
  openBrowser,
  outputOf,
  promptOf,
  startLab,
  until,
} from './jupyterLab';
import { notebookText } from './notebookText';

const CELLS = [
  "import { writeFileSync } from 'node:fs';\nimport { attentionPooling } from 'fovea';\nconst word = 'here';",
  'console.log(word);',
  "writeFileSync('begun', '');\nfor (;;) Math.sqrt(2);",
];

let place: Workplace;
let path: string;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
beforeAll(async () => {
  place = workplace();
  path = place.put('keys.ipynb', notebookText(CELLS));
  lab = await startLab(8920);
  browser = await openBrowser({ width: 1400, height: 900 });
  page = browser.page;
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  place.remove();
});

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const inFiles = (): Promise<boolean> =>
  page.evaluate("document.activeElement.closest('.jp-DirListing-content') !== null") as Promise<boolean>;
const selected = (): Promise<number> =>
  page
    .locator('.jp-Notebook .jp-Cell')
    .evaluateAll((cells) => cells.findIndex((cell) => (cell as unknown as Element).className.includes('jp-mod-active')));
type Element = { className: string };

describe('the keyboard alone', () => {
  it('opens a notebook from the list of files', async () => {
    await page.goto(`${lab.origin}/lab/tree/${fromRoot(place.folder)}?token=${lab.token}&reset`);
    await page.locator('.jp-DirListing-item', { hasText: basename(path) }).waitFor();
    for (let tabs = 0; !(await inFiles()); tabs++) {
      if (tabs > 40) throw new Error('40 times Tab did not lead to the list of files');
      await press('Tab');
    }
    await press('ArrowDown', 'Enter');
    await page.waitForSelector('.jp-Notebook .jp-Cell');
    await kernelIdle(lab, fromRoot(path));
    await keepPicture(page, 'keyboard-opened');
  });

  it('runs cells one after the other', async () => {
    await until(10_000, 'no cell was selected', async () => (await selected()) === 0);
    await press('Shift+Enter');
    await cellDone(page, 0);
    expect(await selected()).toBe(1);
    await press('Control+Enter');
    await cellDone(page, 1);
    expect(await outputOf(page, 1)).toBe('here\n');
  });

  it('writes a cell, completes a name and shows its signature', async () => {
    await press('b', 'Enter');
    await page.keyboard.type('attentionP');
    await press('Tab');
    const written = (): Promise<string> => cellAt(page, 2).locator('.cm-content').innerText();
    await until(30_000, 'Tab completed nothing', async () => {
      if ((await page.locator('.jp-Completer-item:visible').count()) > 0) await press('Enter');
      return (await written()).startsWith('attentionPooling');
    });
    await press('Shift+Tab');
    const tip = page.locator('.jp-Tooltip');
    await tip.waitFor({ timeout: 30_000 });
    expect(await tip.innerText()).toContain('attentionPooling(');
    await keepPicture(page, 'keyboard-tooltip');
    await press('Escape', 'Escape');
    await until(5000, 'the tooltip stayed', async () => (await tip.count()) === 0);
    await press('Escape', 'd', 'd'); // command mode; the cell is deleted
    await until(5000, 'the cell was not deleted', async () => (await page.locator('.jp-Notebook .jp-Cell').count()) === 3);
  });

  it('interrupts with I I', async () => {
    await until(5000, 'the last cell was not selected', async () => (await selected()) === 2);
    await press('Control+Enter');
    await until(60_000, 'the cell did not begin', async () => existsSync(join(place.folder, 'begun')));
    expect(await promptOf(page, 2)).toBe('[*]:');
    await press('i', 'i');
    await cellDone(page, 2);
    expect(await outputOf(page, 2)).toContain('KeyboardInterrupt');
  });

  it('restarts with 0 0 and Enter', async () => {
    await press('0', '0');
    await page.locator('.jp-Dialog').waitFor();
    await press('Enter');
    await page.locator('.jp-Dialog').waitFor({ state: 'detached' });
    await page.waitForTimeout(1000); // the old kernel is idle too
    await kernelIdle(lab, fromRoot(path));
    await press('ArrowUp', 'Control+Enter');
    await until(60_000, 'the restarted kernel knew the old variable', async () => /Cannot find name 'word'/.test(await outputOf(page, 1)));
    await keepPicture(page, 'keyboard-restarted');
  });

  it('saves with Control+S', async () => {
    expect(await isDirty(page)).toBe(true);
    await press('Control+S');
    await until(10_000, 'the notebook was not saved', async () => !(await isDirty(page)));
    expect(readFileSync(path, 'utf8')).toContain("Cannot find name 'word'");
    await endSessions(lab);
  });
});

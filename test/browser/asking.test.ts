/** What a person asks of the kernel in JupyterLab, and the kernel of the person: names, kinds of completions, input, output anew. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import {
  cellAt,
  cellDone,
  keepPicture,
  type LabPage,
  type LabProcess,
  menu,
  openBrowser,
  openNotebook,
  outputOf,
  runCell,
  startLab,
} from './jupyterLab';
import { notebookText } from './notebookText';

const cells = {
  start: `import { clearOutput, input } from 'fovea';
/** How far the eye sees, in metres. */
function sight(light: number): number { return 10 * light; }`,
  name: 'sight?',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the template is the cell's own
  ask: "const light = Number(await input('How much light? '));\n`${sight(light)} m`",
  askAgain: "await input('Until interrupted? ');",
  redraw: "for (let i = 1; i <= 3; i++) {\n  clearOutput({ wait: true });\n  console.log('round', i);\n}",
  complete: 'sigh',
  works: '6 * 7',
};
const at = (name: keyof typeof cells): number => Object.keys(cells).indexOf(name);

let place: Workplace;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
beforeAll(async () => {
  place = workplace();
  const path = fromRoot(place.put('asking.ipynb', notebookText(Object.values(cells))));
  lab = await startLab(8977);
  browser = await openBrowser({ width: 1200, height: 1000 });
  page = browser.page;
  await openNotebook(lab, page, path);
  await run('start');
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  place.remove();
});

async function run(name: keyof typeof cells): Promise<string> {
  await runCell(page, at(name));
  await cellDone(page, at(name));
  return outputOf(page, at(name));
}

describe('asking, in JupyterLab', () => {
  it('name? shows signature and documentation below the cell', async () => {
    expect(await run('name')).toMatch(/function sight\(light: number\): number\s+How far the eye sees, in metres\./);
    expect(await cellAt(page, at('name')).locator('.jp-RenderedMarkdown code').count()).toBe(1);
    await keepPicture(page, 'asking-name');
  });

  it('input shows a field, and what is typed there is its value', async () => {
    await runCell(page, at('ask'));
    const field = cellAt(page, at('ask')).locator('input.jp-Stdin-input');
    await field.waitFor();
    expect(await cellAt(page, at('ask')).locator('.jp-Stdin-prompt').textContent()).toBe('How much light? ');
    await keepPicture(page, 'asking-input');
    await field.fill('3');
    await field.press('Enter');
    await cellDone(page, at('ask'));
    expect(await outputOf(page, at('ask'))).toContain("'30 m'");
    await keepPicture(page, 'asking-answered');
  });

  it('an interrupt ends the waiting, and the next cell runs', async () => {
    await runCell(page, at('askAgain'));
    await cellAt(page, at('askAgain')).locator('input.jp-Stdin-input').waitFor();
    await menu(page, 'Kernel', /^Interrupt Kernel/);
    await cellDone(page, at('askAgain'));
    expect(await outputOf(page, at('askAgain'))).toContain('KeyboardInterrupt');
    expect(await run('works')).toBe('42');
  });

  it('clearOutput leaves the last round alone', async () => {
    expect((await run('redraw')).trim()).toBe('round 3');
  });

  it('completions have their kind', async () => {
    await cellAt(page, at('complete')).locator('.cm-content').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Tab');
    const found = page.locator('.jp-Completer-item', { hasText: 'sight' });
    await found.waitFor();
    expect(await found.locator('.jp-Completer-typeExtended').textContent()).toBe('function');
    await keepPicture(page, 'asking-completion');
    await page.keyboard.press('Enter');
    expect(await cellAt(page, at('complete')).locator('.cm-content').innerText()).toBe('sight');
  });

  it('Shift+Tab shows what is under the cursor as a person reads it', async () => {
    await page.keyboard.press('Shift+Tab');
    const tip = page.locator('.jp-Tooltip', { hasText: 'How far the eye sees, in metres.' });
    await tip.waitFor();
    expect(await tip.locator('code').innerText()).toContain('function sight(light: number): number');
    await page.waitForTimeout(500);
    await keepPicture(page, 'asking-tooltip');
    await page.keyboard.press('Escape');
  });

  it('leaves the console of the page silent', () => {
    expect([...browser.complaints, ...browser.foreign]).toEqual([]);
  });
});

/** What a user of the kernel meets in JupyterLab: errors, completion, interrupt, restart. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import {
  cellAt,
  cellDone,
  endSessions,
  errorsOn,
  keepPicture,
  type LabPage,
  type LabProcess,
  menu,
  openBrowser,
  openNotebook,
  outputOf,
  promptOf,
  restartKernel,
  runCell,
  startLab,
  until,
} from './jupyterLab';
import { notebookText } from './notebookText';

// a cell that is to be interrupted says by a file that it has begun: output of a busy cell comes late
const begun = (name: string): string => `writeFileSync('${name}', '');`;
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the cells have template strings of their own
const cells = {
  start:
    "import { writeFileSync } from 'node:fs';\nimport { attentionMap, attentionPooling, numberGrid, progress, selfAttention, tf } from 'fovea';\nlet count = 41;\nconst pooling = attentionPooling({ dim: 4 });",
  works: [
    'const [slope] = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3])).dataSync();',
    'console.log(`slope ${slope}, count ${count}`);',
  ].join('\n'),
  ownError: 'const half = (n: number): number => {\n  throw new RangeError(`no half of ${n}`);\n};\nhalf(3);',
  libraryError: 'const dim: number = 10;\n\nselfAttention({ dim, heads: 4 });',
  typeError: "const dims: number[] = [1, 2];\nconst wide: number = 'sixteen';",
  manyLines: 'for (let i = 1; i <= 1000; i++) console.log(`line ${i} of 1000`);',
  bar: [
    "const bar = progress({ total: 40, label: 'forty' });",
    'for (let i = 1; i <= 40; i++) {',
    '  bar.tick(i);',
    '  await new Promise((done) => setTimeout(done, 25));',
    '}',
    "bar.done('all there');",
  ].join('\n'),
  figure: "numberGrid({ title: 'Two numbers', subtitle: 'one row', grids: [{ title: 'x', values: [[1, 2]], colour: 'grey' }] })",
  complete: 'attentionP',
  members: 'pooling.',
  inspect: 'attentionPooling',
  synchronous: `${begun('synchronous')}\nfor (;;) Math.sqrt(2);`,
  awaiting: `${begun('awaiting')}\nfor (let i = 0; ; i++) {\n  console.log(i);\n  await new Promise((done) => setTimeout(done, 20));\n}`,
  busyAfterAwait: `await new Promise((done) => setTimeout(done, 50));\n${begun('busyAfterAwait')}\nfor (;;) Math.sqrt(2);`,
} as const;
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the cells end here
type Name = keyof typeof cells;
const at = (name: Name): number => Object.keys(cells).indexOf(name);

let place: Workplace;
let path: string;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
beforeAll(async () => {
  place = workplace();
  path = fromRoot(place.put('kernel.ipynb', notebookText(Object.values(cells))));
  lab = await startLab(8970);
  browser = await openBrowser();
  page = browser.page;
  await openNotebook(lab, page, path);
  await run('start');
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  place.remove();
});

describe('a cell in JupyterLab', () => {
  it('computes with the library', async () => {
    expect(await run('works')).toBe('slope 6, count 41');
  });

  it('that fails shows the line of its TypeScript, and the next one runs', async () => {
    const shown = await run('ownError');
    const n = await numberOf('ownError');
    expect(shown).toContain('RangeError: no half of 3');
    expect(shown).toContain(`In[${n}]:2:9`);
    expect(shown).toContain(`In[${n}]:4:1`);
    expect(await errorsOn(page).count()).toBe(1);
    await keepPicture(page, 'error');
    expect(await run('works')).toBe('slope 6, count 41');
  });

  it("that fails in the library shows the library's TypeScript line and its own", async () => {
    const shown = await run('libraryError');
    expect(shown).toContain('selfAttention: dim must be a multiple of heads, got dim=10, heads=4');
    expect(shown).toMatch(/lib\/attention\/selfAttention\.ts:\d+:\d+/);
    expect(shown).toContain(`In[${await numberOf('libraryError')}]:3:1`);
    expect(shown).not.toMatch(/dist\/|evalmachine/);
  });

  it('with a type error is refused with line and column, and the next one runs', async () => {
    const shown = await run('typeError');
    expect(shown).toContain(`In[${await numberOf('typeError')}]:2:7`);
    expect(shown).toContain("Type 'string' is not assignable to type 'number'");
    await keepPicture(page, 'type-error');
    expect(await run('works')).toBe('slope 6, count 41');
  });

  it('loses none of a thousand lines', async () => {
    const lines = (await run('manyLines')).split('\n').filter(Boolean);
    expect(lines).toEqual(Array.from({ length: 1000 }, (_, i) => `line ${i + 1} of 1000`));
  });

  it('has a bar that is rewritten in its place and ends at its total', async () => {
    await runCell(page, at('bar'));
    const seen = new Set<string>();
    await until(60_000, 'the bar did not end', async () => {
      seen.add(await outputOf(page, at('bar')));
      return /\[\d+\]/.test((await promptOf(page, at('bar'))) ?? '');
    });
    expect([...seen].filter((text) => /\d/.test(text)).length).toBeGreaterThan(3);
    expect(await outputOf(page, at('bar'))).toBe('forty: 40 of 40 steps, all there');
    expect(await cellAt(page, at('bar')).locator('.jp-OutputArea-output').count()).toBe(1);
  });
});

describe('a figure', () => {
  it('is shown where it is the last expression of a cell', async () => {
    await runCell(page, at('figure'));
    await cellDone(page, at('figure'));
    const canvas = cellAt(page, at('figure')).locator('.vega-embed canvas');
    await canvas.waitFor({ timeout: 30_000 });
    const { width, height } = (await canvas.boundingBox())!;
    expect([width > 50, height > 50]).toEqual([true, true]);
    await keepPicture(page, 'last-expression');
  });
});

describe('help while writing', () => {
  it.each([
    ['a name of the library', 'complete', ['attentionPooling']],
    ['the members of a value', 'members', ['axes', 'forward', 'init']],
  ] as const)('completes %s with Tab', async (_what, name, expected) => {
    await putCursorAtEnd(name);
    await page.keyboard.press('Tab');
    const written = (): Promise<string> => cellAt(page, at(name)).locator('.cm-content').innerText();
    await until(30_000, 'Tab completed nothing', async () => {
      const offered = await page.locator('.jp-Completer-item:visible').allInnerTexts();
      return expected.every((word) => offered.some((item) => item.includes(word))) || (await written()) === expected[0];
    });
    await keepPicture(page, `completion-${name}`);
    await page.keyboard.press('Escape');
  });

  it('shows the signature of a function with Shift+Tab', async () => {
    await putCursorAtEnd('inspect');
    await page.keyboard.press('Shift+Tab');
    const tip = page.locator('.jp-Tooltip', { hasText: 'attentionPooling(' }); // it is drawn before its text
    await tip.waitFor({ timeout: 30_000 });
    const text = await tip.innerText();
    expect(text).toContain('attentionPooling(');
    expect(text).toContain('AttentionPoolingOptions');
    await keepPicture(page, 'signature');
    await page.keyboard.press('Escape');
  });
});

describe('Interrupt Kernel', () => {
  it.each([
    ['a loop', 'synchronous'],
    ['a cell that awaits', 'awaiting'],
    ['a loop after an await', 'busyAfterAwait'],
  ] as const)('ends %s, and the next cell works', async (_what, name) => {
    await runCell(page, at(name));
    await until(60_000, 'the cell did not begin', async () => existsSync(join(place.folder, name)));
    expect(await promptOf(page, at(name))).toBe('[*]:');
    await menu(page, 'Kernel', /^Interrupt Kernel/);
    await cellDone(page, at(name));
    expect(await outputOf(page, at(name))).toContain('KeyboardInterrupt');
    const ended = await textsOf(name);
    await keepPicture(page, `interrupt-${name}`);
    expect(await run('works')).toBe('slope 6, count 41');
    expect(await textsOf(name), 'it went on').toEqual(ended);
  });
});

describe('Restart Kernel', () => {
  it('forgets variables until their cell is run again', async () => {
    await restartKernel(lab, page, path);
    expect(await run('works')).toMatch(/Cannot find name 'count'/);
    await run('start');
    expect(await run('works')).toBe('slope 6, count 41');
  });
});

describe('all the while', () => {
  it('no other host was asked for anything, and the console stayed quiet', async () => {
    expect(browser.foreign).toEqual([]);
    // the page's own words for a kernel that was restarted
    expect(browser.complaints.filter((words) => !/^Connection lost, reconnecting in \d+ seconds?\.$/.test(words))).toEqual([]);
    await endSessions(lab);
  });
});

/** Runs a cell that has ended before too: its prompt is emptied by the page, then filled. */
async function run(name: Name): Promise<string> {
  const before = await promptOf(page, at(name));
  await runCell(page, at(name));
  await until(60_000, `the cell ${name} was not run`, async () => (await promptOf(page, at(name))) !== before);
  await cellDone(page, at(name));
  return (await outputOf(page, at(name))).trim();
}

/** Also where it is out of sight, where JupyterLab does not lay it out. */
const textsOf = (name: Name): Promise<string[]> => cellAt(page, at(name)).locator('.jp-OutputArea-output').allTextContents();

const numberOf = async (name: Name): Promise<number> => Number(/\d+/.exec((await promptOf(page, at(name))) ?? '')?.[0]);

async function putCursorAtEnd(name: Name): Promise<void> {
  await cellAt(page, at(name))
    .locator('.cm-content')
    .click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('End');
}

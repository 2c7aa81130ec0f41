/**
 * What JupyterLab saves is what `fovea notebooks clean` writes: opened, run, saved, cleaned and opened again, a notebook
 * changes in nothing but its outputs and counts.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonical } from '../../lib/kernel/notebook/canonical';
import { parseNotebook } from '../../lib/kernel/notebook/notebook';
import { fovea } from '../cli/fovea';
import { committed, fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import {
  cellAt,
  endSessions,
  isDirty,
  keepPicture,
  type LabPage,
  type LabProcess,
  menu,
  openBrowser,
  openNotebook,
  outputOf,
  runAll,
  saveNotebook,
  startLab,
  until,
} from './jupyterLab';
import { notebookText } from './notebookText';

let place: Workplace;
let lab: LabProcess;
let browser: LabPage;
let page: Page;
beforeAll(async () => {
  place = workplace();
  lab = await startLab(8940);
  browser = await openBrowser();
  page = browser.page;
});
afterAll(async () => {
  await browser?.browser.close();
  await lab?.stop();
  place.remove();
});

describe.each(committed.map((path) => [basename(path), path]))('%s, opened', (_name, committedPath) => {
  it('keeps every byte when it is saved twice, opened and saved again, and is never unsaved', async () => {
    const path = place.copy(committedPath);
    const before = readFileSync(path, 'utf8');
    for (const saves of [2, 1]) {
      await openNotebook(lab, page, fromRoot(path));
      expect(await isDirty(page)).toBe(false);
      for (let i = 1; i <= saves; i++) {
        await saveNotebook(page);
        expect(readFileSync(path, 'utf8') === before, `save ${i} of ${saves}`).toBe(true);
      }
      await endSessions(lab);
    }
  });
});

/** All that a cell can put out and a notebook can hold, as a program of another hand may have written it. */
const STRANGE = JSON.stringify({
  nbformat_minor: 5,
  nbformat: 4,
  metadata: {
    'z-own': { b: 1, a: [] },
    'Z-own': { '\u{1f600}': 1, '\uff21': 2, '10': 3, '9': 4 },
    ...JSON.parse(notebookText([])).metadata,
  },
  cells: [
    { id: 'empty', cell_type: 'code', source: '', outputs: [], metadata: {}, execution_count: null },
    { id: 'raw', cell_type: 'raw', source: 'raw <b>\n\n', metadata: { format: 'text/html' } },
    {
      id: 'pictures',
      cell_type: 'markdown',
      source: ['![a dot](attachment:dot.png)\n', 'naïve 日本語 \u{1d4b3} \u2028 end\u0085'],
      metadata: {},
      attachments: { 'dot.png': { 'image/png': 'iVBORw0KGgo=', 'text/plain': 'a\nb' } },
    },
    {
      id: 'long',
      cell_type: 'code',
      source: `const long = '${'x'.repeat(20_000)}';\r\nlong`,
      outputs: [],
      metadata: {},
      execution_count: null,
    },
    {
      id: 'outputs',
      cell_type: 'code',
      source: '\t1 // "quoted" \\ \u0007 \u007f',
      metadata: { tags: ['kept', 'a'], editable: true },
      execution_count: null,
      outputs: [
        { output_type: 'stream', text: 'a\rb\r\nc\u000bd\u000ce\u001cf\n', name: 'stdout' },
        { output_type: 'stream', text: '\u001b[31mred\u001b[0m', name: 'stderr' },
        { output_type: 'error', traceback: ['\u001b[31mline one', 'line two\n'], evalue: 'no\nnumber', ename: 'Error' },
        {
          output_type: 'display_data',
          metadata: { 'image/png': { width: 10, height: 2.5 } },
          data: {
            'text/plain': '',
            'text/html': '<p>\n</p>\n',
            'application/javascript': '1;\n2;',
            'image/svg+xml': '<svg>\n</svg>',
            'application/json': { numbers: 'NUMBERS', text: 'one\ntwo', list: ['one\n', 'two'] },
            'image/png': 'iVBORw0KGgo=\n',
          },
        },
        { output_type: 'execute_result', metadata: {}, execution_count: null, data: { 'text/latex': ['$x$\n', '$y$'] } },
      ],
    },
  ],
}).replace(
  '"NUMBERS"',
  '[1e-7, 1E-07, 0.00001, 0.0001, 1.0, -0.0, -0, 1e22, 1e21, 1e20, 1.5e300, 5e-324, 123456789012345678901234567890, 9007199254740993, 0.1, 3.141592653589793238, 1e16, 123456789012345.6]',
);

describe('a notebook that another program wrote', () => {
  it('is saved by JupyterLab byte for byte as notebooks clean writes it', async () => {
    const path = place.put('strange.ipynb', STRANGE);
    const cleaned = canonical(parseNotebook(STRANGE), STRANGE).text;
    await openNotebook(lab, page, fromRoot(path));
    await saveNotebook(page);
    expect(readFileSync(path, 'utf8')).toBe(cleaned);
    await saveNotebook(page);
    expect(readFileSync(path, 'utf8')).toBe(cleaned);
    await endSessions(lab);
  });
});

const RUN = [
  "import { Buffer } from 'node:buffer';\nimport { display, newDisplay } from 'tslab';",
  '',
  "console.log('naïve 日本語 \u{1d4b3}');\nconsole.log('y'.repeat(10_000));",
  "console.error('to stderr');\nconsole.log('after');",
  '[1e-7, 1e22, -0, 0.1 + 0.2]',
  "display.html('<b>bold</b>\\n<i>italic</i>');",
  "const shown = newDisplay();\nshown.text('first');\nshown.text('second');",
  "Buffer.from('naïve').length",
  "throw new RangeError('at\\nlast');",
];

describe('a notebook that was run in JupyterLab', () => {
  it('differs from before in outputs and counts alone; cleaned, opened and saved again it keeps every byte', async () => {
    const before = notebookText(RUN.map((source, i) => (i === 1 ? { source, raw: true } : source)));
    const path = place.put('run.ipynb', before);
    await openNotebook(lab, page, fromRoot(path));
    await runAll(lab, page, fromRoot(path), 120_000);
    await until(20_000, 'the last cell showed no error', async () => (await outputOf(page, RUN.length - 1)).includes('RangeError'));
    expect(await outputOf(page, 6)).toBe('second');
    await saveNotebook(page);
    await keepPicture(page, 'hygiene');
    const saved = readFileSync(path, 'utf8');
    expect(withoutOutputs(saved)).toBe(before);

    const cleaned = canonical(parseNotebook(saved), saved).text;
    expect(cleaned).toBe(saved.replaceAll(/"execution_count": \d+/g, '"execution_count": null'));
    const kinds = (JSON.parse(cleaned) as { cells: { outputs?: { output_type: string }[] }[] }).cells.map(({ outputs = [] }) =>
      outputs.map(({ output_type }) => output_type).join(' '),
    );
    expect(kinds.slice(0, 4)).toEqual(['', '', 'stream', 'stream stream']);
    expect(kinds.slice(5, 7)).toEqual(['display_data', 'display_data']);
    expect(kinds.at(-1)).toBe('error');

    await endSessions(lab);
    place.put('run.ipynb', cleaned);
    await openNotebook(lab, page, fromRoot(path));
    expect(await isDirty(page)).toBe(false);
    await saveNotebook(page);
    expect(readFileSync(path, 'utf8')).toBe(cleaned);
    await endSessions(lab);
  });
});

describe('a notebook that is open while notebooks clean writes it', () => {
  it('is not overwritten by the next save: JupyterLab says that the file has changed and takes it as it is when told to', async () => {
    const path = place.put('open.ipynb', notebookText(['const a = 1;']).replace('"metadata": {}', '"metadata": {"execution": {"t": 1}}'));
    await openNotebook(lab, page, fromRoot(path));
    await page.waitForTimeout(1000); // JupyterLab takes changes within half a second for its own
    expect(await fovea('notebooks', 'clean', path)).toMatchObject({ code: 0, stdout: `${path}: cleaned (1 changes)\n` });
    const cleaned = readFileSync(path, 'utf8');
    await cellAt(page, 0).locator('.cm-content').click();
    await page.keyboard.type('2');
    await menu(page, 'File', /^Save Notebook/);
    const dialog = page.locator('.jp-Dialog');
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('changed');
    expect(readFileSync(path, 'utf8')).toBe(cleaned);
    await keepPicture(page, 'changed-on-disk');
    await dialog.locator('button', { hasText: 'Revert' }).click();
    await until(
      10_000,
      'the page kept what was typed',
      async () => (await cellAt(page, 0).locator('.cm-content').innerText()) === 'const a = 1;',
    );
    await saveNotebook(page);
    expect(readFileSync(path, 'utf8')).toBe(cleaned);
    await endSessions(lab);
  });
});

const figure = JSON.stringify({
  $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
  data: { values: [{ a: 1 }, { a: 2 }] },
  mark: 'point',
  encoding: { x: { field: 'a', type: 'quantitative' } },
});
const SCRIPT = "<p>words</p><script>document.body.dataset.scriptRan = 'yes';</script>";

describe('a notebook from somebody else', () => {
  const outputs = [
    { output_type: 'display_data', data: { 'text/html': [SCRIPT] }, metadata: {} },
    {
      output_type: 'display_data',
      data: { 'application/vnd.vegalite.v5+json': JSON.parse(figure), 'text/plain': ['Two points in a row'] },
      metadata: {},
    },
  ];
  const source = `import { display } from 'tslab';\ndisplay.html(${JSON.stringify(SCRIPT)});`;
  const scriptRan = (): Promise<boolean> => page.evaluate('document.body.dataset.scriptRan === "yes"') as Promise<boolean>;

  it('shows its figures, and its script does not run until it is run here', async () => {
    const path = place.put('untrusted.ipynb', notebookText([{ source, outputs }]));
    await openNotebook(lab, page, fromRoot(path));
    await cellAt(page, 0).locator('.vega-embed canvas').waitFor({ timeout: 30_000 });
    expect(await cellAt(page, 0).locator('.jp-OutputArea-output', { hasText: 'words' }).count()).toBe(1);
    expect(await scriptRan()).toBe(false);
    await keepPicture(page, 'untrusted');
    await runAll(lab, page, fromRoot(path), 60_000);
    await until(10_000, 'the script of the cell that was run here did not run', scriptRan);
    await endSessions(lab);
  });
});

describe('all the while', () => {
  it('no other host was asked for anything', () => {
    expect(browser.foreign).toEqual([]);
  });
});

/** As before it was run: the text itself, so that the order of keys counts. */
function withoutOutputs(text: string): string {
  return text
    .replaceAll(/"execution_count": \d+/g, '"execution_count": null')
    .replaceAll(/^( +)"outputs": \[\n[\s\S]*?^\1\]/gm, '$1"outputs": []');
}

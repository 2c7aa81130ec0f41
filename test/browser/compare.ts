/**
 * Stock tslab beside ours in the same JupyterLab: writes the table of ARCHITECTURE.md to stdout. Run by hand, some minutes:
 *
 *   node_modules/.bin/esbuild test/browser/compare.ts --bundle --platform=node --packages=external --outfile=test/browser/compare.cjs
 *   node test/browser/compare.cjs && rm test/browser/compare.cjs
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { processEnvironment } from '../../lib/kernel/jupyter';
import { kernelCommand, kernelEnvironment } from '../../lib/kernel/kernelspec';
import { FIRST, fromRoot, workplace } from '../notebooks/workplace';
import {
  cellAt,
  cellDone,
  endSessions,
  errorsOn,
  isDirty,
  kernelIdle,
  type LabProcess,
  menu,
  openBrowser,
  openNotebook,
  outputOf,
  promptOf,
  restartKernel,
  root,
  runCell,
  saveNotebook,
  until,
} from './jupyterLab';
import { notebookText } from './notebookText';

const KERNELS = { 'tslab-stock': 'stock tslab', tslab: 'Fovea' } as const;
type Kernel = keyof typeof KERNELS;
const LIMIT_MS = 20_000;
const PORT = 8900;

const home = mkdtempSync(join(tmpdir(), 'fovea-compare-'));
const userHome = join(home, 'home');
const environment: NodeJS.ProcessEnv = {
  ...processEnvironment(home), // its Jupyter folders lie below it
  HOME: userHome,
};
const place = workplace();

function writeKernelspecs(): void {
  const stock = [process.execPath, join(root, 'node_modules/tslab/bin/tslab'), 'kernel', '--config-path={connection_file}'];
  for (const [name, argv, more] of [
    ['tslab-stock', stock, {}],
    ['tslab', kernelCommand(root, '{connection_file}'), { interrupt_mode: 'message', env: kernelEnvironment() }],
  ] as const) {
    const folder = join(environment['JUPYTER_DATA_DIR']!, 'kernels', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kernel.json'), JSON.stringify({ argv, display_name: KERNELS[name], language: 'typescript', ...more }));
  }
}

async function startBoth(): Promise<LabProcess> {
  mkdirSync(userHome, { recursive: true });
  writeKernelspecs();
  const page = join(environment['JUPYTER_CONFIG_DIR']!, 'labconfig');
  mkdirSync(page, { recursive: true });
  const disabledExtensions = { '@jupyterlab/apputils-extension:announcements': true };
  writeFileSync(join(page, 'page_config.json'), JSON.stringify({ disabledExtensions }));
  const token = 'comparing';
  const flags = [
    `--ServerApp.root_dir=${root}`,
    `--ServerApp.port=${PORT}`,
    `--IdentityProvider.token=${token}`,
    '--ServerApp.open_browser=False',
    '--KernelSpecManager.ensure_native_kernel=False',
    ...Object.keys(KERNELS).map((name) => `--KernelSpecManager.allowed_kernelspecs=${name}`),
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    '--LanguageServerManager.autodetect=False',
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  const child: ChildProcess = spawn(join(root, '.venv/bin/python'), ['-m', 'jupyterlab', ...flags], { env: environment, stdio: 'ignore' });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const origin = `http://127.0.0.1:${PORT}`;
  const headers = { authorization: `token ${token}` };
  await until(60_000, 'JupyterLab did not answer', () =>
    fetch(`${origin}/api/status`, { headers }).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    origin,
    token,
    url: origin,
    process: child,
    api: async (path, method = 'GET') => {
      const reply = await fetch(`${origin}/api/${path}`, { method, headers });
      return reply.status === 204 ? undefined : reply.json();
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

type Lab = { readonly lab: LabProcess; readonly page: Page; readonly kernel: Kernel };

/** Writes a notebook for this kernel and opens it. */
async function opened({ lab, page, kernel }: Lab, text: string): Promise<string> {
  const path = fromRoot(place.put(`compare-${kernel}.ipynb`, text.replace(/"name": "tslab"/, `"name": "${kernel}"`)));
  await openNotebook(lab, page, path);
  return path;
}

async function ran(page: Page, index: number, limitMs = LIMIT_MS): Promise<string> {
  const before = await promptOf(page, index);
  await runCell(page, index);
  try {
    await until(limitMs, '', async () => {
      const now = await promptOf(page, index);
      return now !== before && /\[\d+\]/.test(now ?? '');
    });
  } catch {
    return `[*] after ${limitMs / 1000} s`;
  }
  await page.waitForTimeout(300);
  return (await outputOf(page, index)).trim();
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, 160);
// stock tslab starts no backend, our kernel does: hence ready()
const BEGIN =
  "import { writeFileSync } from 'node:fs';\nimport { attentionPooling, progress, ready, selfAttention, tf } from 'fovea';\nawait ready();\nlet count = 41;";
const STEP = 'console.log(tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3])).dataSync()[0], count);';

/** Each gives its outcome in words; each has a kernel of its own, so that a hung one spoils no other. */
const CHECKS: Record<string, (at: Lab) => Promise<string>> = {
  '1 opened: kernel idle': async (at) => {
    const began = Date.now();
    await opened(at, notebookText(['1']));
    return `${((Date.now() - began) / 1000).toFixed(1)} s`;
  },
  '2, 3 notebook 01, Run All: prompts, figures': async (at) => {
    const path = await opened(
      at,
      cleared(readFileSync(FIRST, 'utf8')).replace("} from 'fovea';", "ready } from 'fovea';\\nawait ready();"),
    );
    await menu(at.page, 'Run', 'Run All Cells');
    const pending = at.page.locator('.jp-InputPrompt', { hasText: '[*]' });
    await at.page.waitForTimeout(500);
    const ended = await until(90_000, '', async () => (await pending.count()) === 0).then(
      () => true,
      () => false,
    );
    await kernelIdle(at.lab, path).catch(() => {});
    await at.page.waitForTimeout(1000);
    const numbers = (await at.page.locator('.jp-CodeCell .jp-InputPrompt').allTextContents()).filter((text) => /\d/.test(text)).length;
    const cells = await at.page.locator('.jp-CodeCell').count();
    const figures = await at.page.locator('.vega-embed canvas').count();
    const words = oneLine((await errorsOn(at.page).allTextContents()).join(' '));
    return `${ended ? '' : 'not ended in 90 s; '}${numbers} of ${cells} cells, ${figures} figures${words ? `, error: ${words}` : ''}`;
  },
  '4 progress, 40 steps': async (at) => {
    const source =
      "const bar = progress({ total: 40, label: 'forty' });\nfor (let i = 1; i <= 40; i++) { bar.tick(i); await new Promise((done) => setTimeout(done, 25)); }\nbar.done();";
    await opened(at, notebookText([BEGIN, source]));
    await ran(at.page, 0);
    const seen = new Set<string>();
    await runCell(at.page, 1);
    await until(LIMIT_MS, '', async () => {
      seen.add(await outputOf(at.page, 1));
      return /\[\d+\]/.test((await promptOf(at.page, 1)) ?? '');
    }).catch(() => {});
    return `${seen.size} states in ${await cellAt(at.page, 1).locator('.jp-OutputArea-output').count()} output, ends: ${oneLine(await outputOf(at.page, 1))}`;
  },
  '5 1,000 console.log lines': async (at) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's own
    await opened(at, notebookText(['1', 'for (let i = 1; i <= 1000; i++) console.log(`line ${i}`);', 'console.log(2)']));
    await ran(at.page, 0);
    const said = await ran(at.page, 1);
    const shown = (await outputOf(at.page, 1)).split('\n').filter((line) => line.startsWith('line')).length;
    return `${shown} lines${said.startsWith('[*]') ? `, ${said}` : ''}; next cell: ${oneLine(await ran(at.page, 2, 5000))}`;
  },
  '6 exception in a cell': async (at) => {
    const path = await opened(
      at,
      notebookText(["const half = (n: number): number => {\n  throw new RangeError('no half');\n};\nhalf(3);"]),
    );
    const said = await ran(at.page, 0);
    await saveNotebook(at.page);
    const { cells } = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      cells: { outputs: { output_type: string; name?: string }[] }[];
    };
    const kind = cells[0]!.outputs.map(({ output_type, name }) => `${output_type} ${name ?? ''}`.trim()).join(', ');
    return `${kind}: ${oneLine(said)}`;
  },
  '6 exception in the library': async (at) => {
    await opened(at, notebookText([`${BEGIN}\nconst dim: number = 10;\nselfAttention({ dim, heads: 4 });`]));
    const said = await ran(at.page, 0);
    return /(lib\/\S*:\d+:\d+)/.exec(said)?.[1] ?? oneLine(said);
  },
  '6 type error': async (at) => {
    await opened(at, notebookText(["const n: number = 'x';"]));
    return oneLine(await ran(at.page, 0));
  },
  '6 a cell queued behind a failed one and run again at once': async (at) => {
    await opened(at, notebookText(["throw new Error('first');", 'console.log(2)']));
    await runCell(at.page, 0);
    await cellDone(at.page, 0);
    const said = await ran(at.page, 1, 5000);
    return said === '2' ? 'runs' : `prompt ${(await promptOf(at.page, 1))?.trim()}, output "${oneLine(said)}"`;
  },
  '7 Tab: export, members; Shift+Tab': async (at) => {
    await opened(
      at,
      notebookText([`${BEGIN}\nconst pooling = attentionPooling({ dim: 4 });`, 'attentionP', 'pooling.', 'attentionPooling']),
    );
    await ran(at.page, 0);
    const offered = async (index: number): Promise<string> => {
      await cellAt(at.page, index)
        .locator('.cm-content')
        .click({ position: { x: 5, y: 5 } });
      await at.page.keyboard.press('End');
      await at.page.keyboard.press('Tab');
      await at.page.waitForTimeout(2500);
      const items = await at.page.locator('.jp-Completer-item:visible .jp-Completer-match').allInnerTexts();
      await at.page.keyboard.press('Escape');
      return items.join(' ') || (await cellAt(at.page, index).locator('.cm-content').innerText());
    };
    const [name, members] = [await offered(1), await offered(2)];
    await cellAt(at.page, 3)
      .locator('.cm-content')
      .click({ position: { x: 5, y: 5 } });
    await at.page.keyboard.press('Shift+Tab');
    await at.page.waitForTimeout(2000);
    const tip = await at.page.locator('.jp-Tooltip').allInnerTexts();
    return oneLine(`${name} | ${members} | ${tip.join(' ').slice(0, 60)}`);
  },
  '8 interrupt: synchronous loop': (at) => interrupted(at, 'for (;;) Math.sqrt(2);'),
  '8 interrupt: awaiting cell': (at) =>
    interrupted(at, 'for (let i = 0; ; i++) {\n  console.log(i);\n  await new Promise((done) => setTimeout(done, 20));\n}'),
  '8 interrupt: loop after an await': (at) => interrupted(at, 'await new Promise((done) => setTimeout(done, 50));\nfor (;;) Math.sqrt(2);'),
  '9 restart': async (at) => {
    const path = await opened(at, notebookText(['const gone = 1;', 'console.log(gone)']));
    await ran(at.page, 0);
    await restartKernel(at.lab, at.page, path);
    return oneLine(await ran(at.page, 1));
  },
  '11 open, save twice, reopen': async (at) => {
    const text = readFileSync(FIRST, 'utf8')
      .replace(/"name": "tslab"/, `"name": "${at.kernel}"`)
      .replace('TypeScript (Fovea)', KERNELS[at.kernel]);
    const path = place.put(`save-${at.kernel}.ipynb`, text);
    const found: string[] = [];
    for (let round = 1; round <= 2; round++) {
      await openNotebook(at.lab, at.page, fromRoot(path));
      await at.page.waitForTimeout(1000);
      const dirty = await isDirty(at.page);
      await saveNotebook(at.page);
      await saveNotebook(at.page);
      found.push(`${dirty ? 'unsaved on opening' : 'not dirty'}, ${readFileSync(path, 'utf8') === text ? 'same bytes' : 'other bytes'}`);
      await endSessions(at.lab);
    }
    return found.join('; ');
  },
  '15 nbconvert: failing cell': async (at) => convert(at.kernel, ["throw new Error('no');", 'console.log(2)']),
  '15 nbconvert --allow-errors: later cells': async (at) =>
    convert(at.kernel, ["throw new Error('no');", 'console.log(2)'], ['--allow-errors']),
  '15 nbconvert: 1,000 lines': async (at) => convert(at.kernel, ['for (let i = 0; i < 1000; i++) console.log(i);', 'console.log(2)']),
  '15 nbconvert: throw after the cell ended': async (at) =>
    convert(at.kernel, ["setTimeout(() => {\n  throw new Error('late');\n}, 50);", 'await new Promise((done) => setTimeout(done, 500));']),
};

async function interrupted(at: Lab, loop: string): Promise<string> {
  const begun = join(place.folder, 'begun');
  rmSync(begun, { force: true });
  const mark = "writeFileSync('begun', '');\n";
  const source = loop.startsWith('await') ? loop.replace('\n', `\n${mark}`) : mark + loop;
  await opened(at, notebookText([BEGIN, source, STEP]));
  await ran(at.page, 0);
  await runCell(at.page, 1);
  await until(LIMIT_MS, 'the cell did not begin', async () => existsSync(begun));
  await at.page.waitForTimeout(300);
  const began = Date.now();
  await menu(at.page, 'Kernel', /^Interrupt Kernel/);
  const ended = await until(10_000, '', async () => /\[\d+\]/.test((await promptOf(at.page, 1)) ?? '')).then(
    () => `ended after ${((Date.now() - began) / 1000).toFixed(1)} s`,
    () => '[*] after 10 s',
  );
  const before = (await cellAt(at.page, 1).locator('.jp-OutputArea-output').allTextContents()).join('').length;
  await at.page.waitForTimeout(1500);
  const after = (await cellAt(at.page, 1).locator('.jp-OutputArea-output').allTextContents()).join('').length;
  const next = await ran(at.page, 2, 5000);
  return `${ended}${after > before ? ', the code goes on printing' : ''}; next step: ${next === '6 41' ? 'works' : oneLine(next)}`;
}

/** nbconvert as it is, with the kernel named. */
function convert(kernel: Kernel, sources: readonly string[], words: readonly string[] = []): string {
  const path = place.put(`convert-${kernel}.ipynb`, notebookText(sources));
  const options = ['--to', 'notebook', '--execute', `--ExecutePreprocessor.kernel_name=${kernel}`, '--ExecutePreprocessor.timeout=30'];
  const { status } = spawnSync(join(root, '.venv/bin/python'), ['-m', 'nbconvert', ...options, ...words, '--output', 'converted', path], {
    env: environment,
    cwd: place.folder,
    timeout: 90_000,
  });
  const out = join(place.folder, 'converted.ipynb');
  if (!existsSync(out)) return `exit ${status}, no file`;
  const { cells } = JSON.parse(readFileSync(out, 'utf8')) as { cells: { outputs: { output_type: string; text?: string[] }[] }[] };
  rmSync(out);
  const lines = cells.map(({ outputs }) => outputs.flatMap(({ text = [] }) => text.join('').split('\n').filter(Boolean)).length);
  const errors = cells.flatMap(({ outputs }) => outputs).filter(({ output_type }) => output_type === 'error').length;
  return `exit ${status}, lines of text by cell ${lines.join(', ')}, ${errors} error outputs`;
}

function cleared(text: string): string {
  const notebook = JSON.parse(text) as { cells: { outputs?: unknown[] }[] };
  for (const cell of notebook.cells) if (cell.outputs) cell.outputs = [];
  return JSON.stringify(notebook, null, 1);
}

async function main(): Promise<void> {
  const lab = await startBoth();
  const browser = await openBrowser();
  const rows: Record<string, Partial<Record<Kernel, string>>> = {};
  const only = process.argv[2];
  try {
    for (const [name, check] of Object.entries(CHECKS).filter(([one]) => only === undefined || one.includes(only))) {
      for (const kernel of Object.keys(KERNELS) as Kernel[]) {
        const outcome = await check({ lab, page: browser.page, kernel }).catch((error: unknown) => `failed: ${oneLine(String(error))}`);
        process.stderr.write(`${name} | ${KERNELS[kernel]} | ${outcome}\n`);
        rows[name] = { ...rows[name], [kernel]: outcome };
        await endSessions(lab);
      }
    }
  } finally {
    await browser.browser.close();
    await lab.stop();
    place.remove();
  }
  const cell = (text: string | undefined): string => (text ?? '').replaceAll('|', '\\|');
  process.stdout.write(`| check | ${KERNELS['tslab-stock']} | ${KERNELS.tslab} |\n|---|---|---|\n`);
  for (const [name, row] of Object.entries(rows)) process.stdout.write(`| ${name} | ${cell(row['tslab-stock'])} | ${cell(row.tslab)} |\n`);
  const left = existsSync(userHome) ? readdirSync(userHome, { recursive: true }) : [];
  process.stdout.write(
    `\nforeign requests ${browser.foreign.length}, console ${JSON.stringify([...new Set(browser.complaints)])}, below home ${left.length}\n`,
  );
  rmSync(home, { recursive: true, force: true });
}

void main();

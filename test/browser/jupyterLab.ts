/**
 * JupyterLab in headless Chromium, as a user has it: the server is `fovea lab`, what is done is clicked or typed. A request
 * to any other host is refused and noted.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page, type Response } from 'playwright-core';
import { findChromium } from '../../lib/display/chromium';

export const root: string = resolve(__dirname, '../..');

export type LabProcess = {
  readonly origin: string;
  readonly token: string;
  readonly url: string;
  readonly process: ChildProcess;
  readonly api: (path: string, method?: string) => Promise<unknown>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

export type LabPage = {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests to other hosts, all refused. */
  readonly foreign: string[];
  /** Errors and warnings of the page's console. */
  readonly complaints: string[];
};

const START_MS = 60_000;
const POLL_MS = 100;

/** Starts `fovea lab --no-browser` and waits for the URL it prints. */
export function startLab(port: number = 8950, environment: NodeJS.ProcessEnv = process.env): Promise<LabProcess> {
  const child = spawn(process.execPath, [join(root, 'lib/bin/fovea.js'), 'lab', '--no-browser', '--port', `${port}`], {
    cwd: root,
    env: environment,
  });
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  let said = '';
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`fovea lab printed no URL in ${START_MS} ms: ${said}`)), START_MS);
    child.stderr.on('data', (data) => {
      said += data;
    });
    child.once('exit', (code) => failed(new Error(`fovea lab ended with code ${code}: ${said}`)));
    child.stdout.on('data', (data) => {
      said += data;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\S*token=(\w+)/.exec(said);
      if (!found) return;
      clearTimeout(late);
      const [url, origin, token] = found as unknown as [string, string, string];
      done({
        url,
        origin,
        token,
        process: child,
        api: async (path, method = 'GET') => {
          const reply = await fetch(`${origin}/api/${path}`, { method, headers: { authorization: `token ${token}` } });
          return reply.status === 204 ? undefined : reply.json();
        },
        stop: (signal = 'SIGTERM') => {
          child.kill(signal);
          return exited;
        },
      });
    });
  });
}

/** The environment of a user whose home is this folder. */
export function atHome(home: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('XDG_'));
  return { ...Object.fromEntries(others), HOME: home };
}

/** For whoever wants to look: FOVEA_SCREENSHOTS names a folder. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['FOVEA_SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

export async function openBrowser(size: { width: number; height: number } = { width: 1400, height: 1800 }): Promise<LabPage> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('the browser tests need Chromium: npx fovea doctor says how to get it');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ viewport: size });
  const foreign: string[] = [];
  const complaints: string[] = [];
  await context.route(
    (url) => /^https?:$/.test(url.protocol) && url.hostname !== '127.0.0.1',
    (route) => {
      foreign.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on('console', (message) => {
    const aboutDrawing = /^(\[\.WebGL|Canvas2D:)/.test(message.text()); // Chromium's advice to plotly's and vega's authors
    if (['error', 'warning'].includes(message.type()) && !aboutDrawing) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { browser, context, page, foreign, complaints };
}

/** Settings of a plugin as this browser alone is to see them: what it would change, the server is not told. */
export async function withSettings(context: BrowserContext, plugin: string, values: object): Promise<void> {
  await context.unroute(SETTINGS);
  await context.route(SETTINGS, async (route) => {
    if (route.request().method() !== 'GET') return route.fulfill({ status: 204 });
    const reply = await route.fetch();
    type Plugin = { id?: string; settings: unknown };
    const changed = (one: Plugin): Plugin =>
      one.id === plugin ? ({ ...one, settings: values, raw: JSON.stringify(values) } as Plugin) : one;
    const found = (await reply.json()) as Plugin; // of one plugin, or a list of all
    const json = Array.isArray(found.settings) ? { ...found, settings: found.settings.map(changed) } : changed(found);
    return route.fulfill({ response: reply, json });
  });
}

const SETTINGS = /\/lab\/api\/settings/;

/** Opens a notebook and waits until its kernel is connected and idle: run sooner, JupyterLab asks which kernel to take. */
export async function openNotebook(lab: LabProcess, page: Page, path: string): Promise<void> {
  await page.goto(`${lab.origin}/lab/tree/${path}?token=${lab.token}&reset`);
  await page.waitForSelector('.jp-Notebook .jp-Cell', { timeout: START_MS });
  await kernelIdle(lab, path);
  await page.waitForTimeout(500); // until the page has heard of it too
}

type Session = { path: string; id: string; kernel: { connections: number; execution_state: string } };

export async function kernelIdle(lab: LabProcess, path: string, limitMs: number = START_MS): Promise<void> {
  await until(limitMs, `the kernel of ${path} was not idle`, async () => {
    const session = ((await lab.api('sessions')) as Session[]).find((one) => one.path === path);
    return session !== undefined && session.kernel.connections > 0 && session.kernel.execution_state === 'idle';
  });
}

export async function endSessions(lab: LabProcess): Promise<void> {
  for (const { id } of (await lab.api('sessions')) as Session[]) await lab.api(`sessions/${id}`, 'DELETE');
}

/** Clicks an entry of the menu bar, such as `menu(page, 'Run', 'Run All Cells')`. */
export async function menu(page: Page, top: string, entry: string | RegExp): Promise<void> {
  await page.locator('.lm-MenuBar-item', { hasText: new RegExp(`^${top}$`) }).click();
  await page.locator('.lm-Menu-item', { hasText: entry }).first().click();
}

/** Runs all cells from the menu and waits until none is pending. */
export async function runAll(lab: LabProcess, page: Page, path: string, limitMs: number): Promise<void> {
  await menu(page, 'Run', 'Run All Cells');
  await page.waitForTimeout(POLL_MS);
  await until(
    limitMs,
    `cells of ${path} were still pending`,
    async () => (await page.locator('.jp-InputPrompt', { hasText: '[*]' }).count()) === 0,
  );
  await kernelIdle(lab, path);
}

/** Saves from the menu and waits until the server has it, and its checkpoint: before that another save would be passed over. */
export async function saveNotebook(page: Page): Promise<void> {
  const reply = (method: string, what: RegExp): Promise<Response> =>
    page.waitForResponse((one) => one.request().method() === method && what.test(new URL(one.url()).pathname), { timeout: START_MS });
  const saved = Promise.all([reply('PUT', /\/api\/contents\//), reply('POST', /\/checkpoints$/)]);
  await menu(page, 'File', /^Save Notebook/);
  const status = (await saved)[0].status();
  if (status !== 200) throw new Error(`the server did not save the notebook: status ${status}`);
  await page.waitForTimeout(POLL_MS); // until the page has read the reply
}

/** Whether the tab says that there is something to be saved. */
export const isDirty = async (page: Page): Promise<boolean> =>
  (await page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-dirty').count()) > 0;

export const cellAt = (page: Page, index: number): Locator => page.locator('.jp-Notebook .jp-Cell').nth(index);

/** Runs one cell by keyboard; `cellDone` waits for its number. */
export async function runCell(page: Page, index: number): Promise<void> {
  await cellAt(page, index)
    .locator('.cm-content')
    .click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Control+Enter');
  await page.waitForTimeout(POLL_MS);
}

export async function cellDone(page: Page, index: number, limitMs: number = START_MS): Promise<void> {
  await until(limitMs, `cell ${index} did not end`, async () => /\[\d+\]/.test((await promptOf(page, index)) ?? ''));
}

export const promptOf = (page: Page, index: number): Promise<string | null> => cellAt(page, index).locator('.jp-InputPrompt').textContent();

export async function outputOf(page: Page, index: number): Promise<string> {
  return (await cellAt(page, index).locator('.jp-OutputArea-output').allInnerTexts()).join('\n');
}

/** Outputs that are errors or were written to stderr. */
export const errorsOn = (page: Page): Locator =>
  page.locator('.jp-OutputArea-output[data-mime-type$=".error"], .jp-OutputArea-output[data-mime-type$=".stderr"]');

/** Restarts the kernel from the menu and confirms. */
export async function restartKernel(lab: LabProcess, page: Page, path: string): Promise<void> {
  await menu(page, 'Kernel', /^Restart Kernel…/);
  await page.locator('.jp-Dialog button', { hasText: 'Restart' }).click();
  await page.waitForTimeout(1000); // the old kernel is idle too
  await kernelIdle(lab, path);
}

export async function until(limitMs: number, otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; !(await holds()); await new Promise((done) => setTimeout(done, POLL_MS))) {
    if (Date.now() > end) throw new Error(`${otherwise} after ${limitMs} ms`);
  }
}

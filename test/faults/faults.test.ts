/**
 * Random cells with faults, through the kernel and through the runner: none may hang, none may pass that is wrong, none may
 * fail that is right. FOVEA_FAULTS says how many (200 for the full measure), FOVEA_FAULTS_SEED which.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Kernel, KernelDied, startKernel } from '../../lib/kernel/protocol/client';
import { runNotebook } from '../../lib/kernel/runner/runNotebook';
import { here, shown, sleep } from '../kernel/running';
import { type Workplace, workplace } from '../notebooks/workplace';
import { type Ending, type FaultyCell, faultyCells } from './faultyCells';

const COUNT = Number(process.env['FOVEA_FAULTS'] ?? 60);
const SEED = Number(process.env['FOVEA_FAULTS_SEED'] ?? 1);
const OF_RUNNER = Math.ceil(COUNT / (process.env['FOVEA_FAULTS'] === undefined ? 5 : 1));
const HUNG_MS = 20_000;
const SHORT_MS = 12_000; // the import before it takes 1 s, on a busy machine several
const START = "import { selfAttention, tf } from 'fovea';";

const cells = faultyCells(COUNT, SEED);
let kernel: Kernel | undefined;
let place: Workplace | undefined;
afterAll(async () => {
  await kernel?.shutdown();
  place?.remove();
});

async function fresh(): Promise<Kernel> {
  kernel = await startKernel({ cwd: here });
  await kernel.execute(START);
  return kernel;
}

/** What a kernel makes of a cell, and how it works after it. */
async function inKernel({ code, ends }: FaultyCell): Promise<Ending | 'hung' | 'spoilt'> {
  const used = kernel && !kernel.isDead() ? kernel : await fresh();
  let id = '';
  let late = false;
  let began: () => void = () => {};
  const busy = new Promise<void>((done) => {
    began = done;
  });
  used.onPublished(({ header, parent }) => {
    if (parent.msg_id !== id) return;
    if (header.msg_type === 'execute_input') began();
    if (header.msg_type === 'error') late = true;
  });
  const running = used.execute(code, {
    keep: false,
    onStart: (request) => {
      id = request;
    },
  });
  running.catch(() => {});
  if (ends === 'endless') {
    await busy;
    await sleep(200);
    await used.interrupt();
  }
  const outcome = await within(
    HUNG_MS,
    running.then(
      ({ reply }) => reply,
      (error: unknown) => error,
    ),
  );
  if (outcome === 'hung') {
    used.kill();
    await used.exited;
    return 'hung';
  }
  if (outcome instanceof KernelDied) return 'death';
  const { status, ename } = outcome as { status: string; ename?: string };
  if (status === 'ok') for (let waited = 0; waited < 1500 && ends === 'late error' && !late; waited += 25) await sleep(25);
  const next = await within(HUNG_MS, used.execute('40 + 2').then(shown, String));
  if (next === 'hung') {
    used.kill();
    await used.exited;
  }
  if (next !== '42') return 'spoilt';
  if (status === 'ok') return late ? 'late error' : 'none';
  return ename === 'KeyboardInterrupt' ? 'endless' : ends === 'late error' ? 'late error' : 'error';
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T | 'hung'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'hung'>((done) => {
    timer = setTimeout(() => done('hung'), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const told = (found: readonly { cell: FaultyCell; outcome: string }[]): string[] =>
  found
    .filter(({ cell, outcome }) => outcome !== cell.ends)
    .map(({ cell, outcome }) => `${cell.name}: expected ${cell.ends}, got ${outcome}\n${cell.code}`);

it(`of ${COUNT} cells the kernel hangs on none, lets no fault pass and fails no cell that is right`, {
  timeout: COUNT * HUNG_MS,
}, async () => {
  const found: { cell: FaultyCell; outcome: string }[] = [];
  for (const cell of cells) found.push({ cell, outcome: await inKernel(cell) });
  expect(told(found)).toEqual([]);
});

function notebookOf(sources: readonly string[]): string {
  const code = sources.map((source, i) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${i}`,
    metadata: {},
    outputs: [],
    source,
  }));
  return JSON.stringify({ cells: code, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

/** What the runner must say of a notebook with the cell in its middle. */
const STATUS: Readonly<Record<Ending, string>> = { error: 'failed', 'late error': 'failed', endless: 'timeout', death: 'died', none: 'ok' };

it(`of ${OF_RUNNER} notebooks with such a cell the runner hangs on none and says of each what it is`, {
  timeout: OF_RUNNER * 3 * HUNG_MS,
}, async () => {
  const wrong: string[] = [];
  place = workplace();
  for (const [index, { name, code, ends }] of cells.slice(0, OF_RUNNER).entries()) {
    const path = place.put(`faulty-${index}.ipynb`, notebookOf([START, code, '40 + 2']));
    const executed = join(place.folder, `executed-${index}.ipynb`);
    const report = await within(
      3 * HUNG_MS,
      runNotebook({ path, executed, timeoutMs: ends === 'endless' ? SHORT_MS : HUNG_MS, env: { FOVEA_THREADS: '1' } }),
    );
    const status = report === 'hung' ? 'hung' : report.status;
    if (status !== STATUS[ends]) wrong.push(`${name}: expected ${STATUS[ends]}, got ${status}\n${code}`);
    if (!existsSync(executed) || JSON.parse(readFileSync(executed, 'utf8')).cells.length !== 3)
      wrong.push(`${name}: no whole copy was written`);
  }
  expect(wrong).toEqual([]);
});

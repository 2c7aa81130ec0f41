/** `fovea run`: notebooks again, each in a kernel of its own; executed copies, figures and a report, also of what failed. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { exportNotebook } from '../display/exportNotebook';
import { writeWhole } from '../display/write';
import { isCode, isObject, type Notebook, readNotebook } from '../kernel/notebook';
import { type Given, ParameterError, parametersOf, withParameters } from '../kernel/parameters';
import { type CellReport, type NotebookReport, runNotebook } from '../kernel/runNotebook';
import { makeFolder } from '../native/atomic';
import { projectRoot } from '../native/projectRoot';
import { EXIT, type ExitCode, UserError } from './error';
import { junit } from './junit';

type Options = { param: Given; quick?: true; timeout?: number; jobs: number; out?: string; json?: true };
type Job = { readonly path: string; readonly name: string; readonly parameters: Given };
type Finished = NotebookReport & { readonly figures: readonly string[]; readonly figuresMissing?: string };

export function run(): Command {
  return new Command('run')
    .description('run notebooks again, headless: executed copies, figures and a report')
    .argument('<notebook...>', 'notebooks (.ipynb)')
    .option('-p, --param <name=value>', "set a parameter of the notebook's cell tagged parameters; may be repeated", parameter, {})
    .option('--quick', 'set the parameter quick to true where a notebook has it')
    .option('--timeout <s>', 'seconds a cell may take before it is interrupted', positive)
    .option('--jobs <n>', 'how many notebooks to run at once', wholeNumber, 1)
    .option('--out <dir>', 'where everything is written (default: runs/notebooks)')
    .option('--json', 'print the report as JSON, and nothing else, on stdout')
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await runAll(paths, options);
    });
}

async function runAll(paths: readonly string[], options: Options): Promise<ExitCode> {
  const out = options.out ?? join(projectRoot(), 'runs', 'notebooks');
  const jobs = plan(paths, options);
  makeFolders([out, ...jobs.map(({ name }) => join(out, name))]);
  const stop = new AbortController();
  let stoppedBy: ExitCode | undefined;
  for (const [signal, code] of [
    ['SIGINT', EXIT.interrupted],
    ['SIGTERM', EXIT.terminated],
  ] as const) {
    process.on(signal, () => {
      stoppedBy ??= code;
      stop.abort();
    });
  }
  const finished: Finished[] = [];
  const waiting = [...jobs];
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job && !stop.signal.aborted; job = waiting.shift())
      finished.push(await runOne(job, out, options, stop.signal));
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, jobs.length) }, worker));
  finished.sort((a, b) => paths.indexOf(a.notebook) - paths.indexOf(b.notebook));

  const report = { ok: finished.length === jobs.length && finished.every(({ status }) => status === 'ok'), notebooks: finished };
  writeReport(join(out, 'report.json'), report);
  writeWhole(join(out, 'junit.xml'), junit(finished));
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (stoppedBy) return stoppedBy;
  if (finished.some(({ status }) => status === 'died')) return EXIT.kernelDied;
  return report.ok ? EXIT.done : EXIT.failed;
}

/** All that can be refused is refused before anything runs. */
function plan(paths: readonly string[], { param, quick }: Options): Job[] {
  const names = new Set<string>();
  return paths.map((path) => {
    const notebook = open(path);
    const name = basename(path, extname(path));
    if (names.has(name)) throw new UserError(`two of the notebooks are named ${name}: run them one after the other, with another --out`);
    names.add(name);
    const hasQuick = parametersOf(notebook)?.some((one) => one.name === 'quick' && one.kind === 'boolean');
    const parameters = quick && hasQuick ? { quick: 'true', ...param } : param;
    try {
      withParameters(notebook, parameters);
    } catch (error) {
      if (error instanceof ParameterError) throw new UserError(`${path}: ${error.message}`);
      throw error;
    }
    return { path, name, parameters };
  });
}

function open(path: string): Notebook {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new UserError(`${path}: no such notebook; \`npx fovea notebooks list\` shows those there are`);
  if (extname(path) !== '.ipynb') throw new UserError(`${path}: expected a notebook (.ipynb)`);
  try {
    return readNotebook(path);
  } catch (error) {
    throw new UserError(`${path}: ${reason(error)}`);
  }
}

async function runOne({ path, name, parameters }: Job, out: string, options: Options, signal: AbortSignal): Promise<Finished> {
  const folder = join(out, name);
  const executed = join(folder, `${name}.ipynb`);
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
  const began = Date.now();
  const timeoutMs = options.timeout === undefined ? undefined : options.timeout * 1000;
  const onCell = (cell: number, of: number): void => showProgress(`${name}: cell ${cell} of ${of}, ${seconds(Date.now() - began)}`);
  const report = await runNotebook({ path, executed, parameters, timeoutMs, signal, onCell }).catch((error: unknown) => {
    throw new UserError(`${path}: ${reason(error)}`, EXIT.failed);
  });
  showProgress('');
  const finished: Finished = { ...report, ...(await figuresOf(executed, join(folder, 'figures'), say)) };
  writeReport(join(folder, 'report.json'), finished);
  say(`${finished.status === 'ok' ? 'ok' : finished.status.toUpperCase()}, ${seconds(finished.seconds * 1000)}, ${executed}`);
  const failed = finished.cells.find(({ status }) => status !== 'ok' && status !== 'not run');
  if (failed) process.stderr.write(`${failureText(failed)}\n`);
  return finished;
}

const failureText = ({ cell, error, traceback }: CellReport): string =>
  [
    `  cell ${cell}: ${error ?? 'failed'}`,
    ...(traceback ?? '')
      .split('\n')
      .slice(1)
      .map((line) => `    ${line}`),
  ]
    .join('\n')
    .trimEnd();

async function figuresOf(
  executed: string,
  folder: string,
  say: (text: string) => void,
): Promise<Pick<Finished, 'figures' | 'figuresMissing'>> {
  if (!readNotebook(executed).cells.some((cell) => isCode(cell) && cell.outputs.some(({ data }) => isObject(data) && hasFigure(data))))
    return { figures: [] };
  try {
    return { figures: await exportNotebook(executed, folder, ['svg', 'png']) };
  } catch (error) {
    say(`figures were not written: ${reason(error)}`);
    return { figures: [], figuresMissing: reason(error) };
  }
}

const hasFigure = (data: object): boolean => 'application/vnd.vegalite.v5+json' in data || 'application/vnd.plotly.v1+json' in data;

/** One line that is written over, on a terminal only. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function makeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      makeFolder(resolve(folder));
    } catch (error) {
      throw new UserError(`${folder}: cannot be written (${reason(error)}); give another folder with --out`);
    }
  }
}

const writeReport = (path: string, report: object): void => writeWhole(path, `${JSON.stringify(report, null, 2)}\n`);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function parameter(text: string, before: Given): Given {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`expected a whole number from 1, such as ${availableParallelism()}.`);
  return value;
}

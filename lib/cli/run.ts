/** `fovea run`: notebooks again, each in a kernel of its own; executed copies, figures and a report, also of what failed. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Given } from '../kernel/notebook/parameters';
import { projectRoot } from '../native/projectRoot';
import { parameterFile } from './parameterFile';
import { makeFolders } from './runFolders';
import { runNotebooks } from './runNotebooks';
import { runPlan } from './runPlan';
import { reportText } from './runReport';

type Options = {
  param?: Given;
  parametersFile?: string;
  quick?: true;
  timeout?: number;
  jobs: number;
  out?: string;
  json?: true;
};

const MORE = `
Examples:
  fovea run notebooks/01-what-is-attention.ipynb
  fovea run notebooks --quick --jobs 2           all notebooks of a folder
  fovea run x.ipynb -p rate=0.05 -p seeds=0,1    parameters of its cell tagged "parameters"

A notebook is ok when every cell is: none raised (but those tagged raises-exception, which may), nothing it left behind
raised within a second of its end, and no output was lost. Each copy, report.json and its figures go to a folder of the
notebook's name below --out; report.json and junit.xml of all notebooks to --out.

Exit codes: 0 all ok; 1 a cell failed or took too long; 2 wrong usage, nothing was run; 130 interrupted (143 by SIGTERM);
138 a kernel died or had to be killed.`;

export function run(): Command {
  return new Command('run')
    .description('run notebooks again, headless: executed copies, figures and a report')
    .argument('<notebook...>', 'notebooks (.ipynb), or folders of them')
    .option('-p, --param <name=value>', 'set a parameter; may be repeated, the last value of a name counts', parameter)
    .option('-f, --parameters-file <json>', 'set parameters from a JSON file; those of -p count more')
    .option('--quick', 'set the parameter quick to true where a notebook has it')
    .option('--timeout <s>', 'seconds a cell may take; then it is interrupted, and its kernel killed if that does not help', positive)
    .option('--jobs <n>', 'how many notebooks to run at once; their kernels share the cores', wholeNumber, 1)
    .option('--out <dir>', 'where everything is written (default: runs/notebooks)')
    .option('--json', 'print the report as JSON, and nothing else, on stdout')
    .addHelpText('after', MORE)
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await runAll(paths, options);
    });
}

async function runAll(paths: readonly string[], options: Options): Promise<number> {
  const { param = {}, parametersFile, quick = false, timeout, jobs: atOnce, json = false } = options;
  const usualOut = join(projectRoot(), 'runs', 'notebooks');
  const out = options.out ?? usualOut;
  const parameters = parametersFile === undefined ? param : { ...parameterFile(parametersFile), ...param };
  const jobs = runPlan(paths, out, parameters, quick);
  makeFolders([out, ...jobs.map(({ folder }) => folder)]);
  const timeoutMs = timeout === undefined ? undefined : timeout * 1000;
  const report = await runNotebooks(jobs, { out, usualOut, atOnce, timeoutMs, json });
  if (json) process.stdout.write(reportText(report));
  return report.exitCode;
}

function parameter(text: string, before: Given = {}): Given {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= LONGEST_S)) throw new InvalidArgumentError(`expected a number above 0 and at most ${LONGEST_S}.`);
  return value;
}

const LONGEST_S = 2_000_000; // 23 days; a longer timer of Node's fires at once

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`expected a whole number from 1, such as ${availableParallelism()}.`);
  return value;
}

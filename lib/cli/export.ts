/** fovea export: the figures of executed notebooks, or of the notebooks in a run's folder, as files. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { type Format, formats, isFormat } from '../display/encode';
import { exportNotebook, readFigures } from '../display/exportNotebook';
import type { Provenance } from '../display/provenance';
import { EXIT, type ExitCode, UserError } from './error';

type Options = { readonly format: string; readonly out?: string; readonly json?: boolean };
type Source = { readonly notebook: string; readonly folder: string; readonly provenance: Provenance };

export function exportCommand(): Command {
  return new Command('export')
    .description('write the figures of executed notebooks or runs as files')
    .argument('<notebook or run...>', 'executed notebooks (.ipynb), or folders of runs')
    .option('--format <list>', `formats with commas between them: ${formats.join(', ')}`, 'svg,png,pdf')
    .option('--out <dir>', 'folder to write to (default: figures/NOTEBOOK beside the notebook, or figures in the run)')
    .option('--json', 'print the files written as JSON')
    .action(exportAll);
}

async function exportAll(inputs: readonly string[], { format, out, json }: Options): Promise<void> {
  const wanted = formatsOf(format);
  const sources = inputs.flatMap(sourcesOf);
  for (const { notebook } of sources) orUserError(EXIT.usage, () => readFigures(notebook)); // all is checked before the first file is written
  const results: { notebook: string; files: string[] }[] = [];
  for (const { notebook, folder, provenance } of sources) {
    const target = out === undefined ? folder : sources.length === 1 ? out : join(out, nameOf(notebook));
    const files = await exportNotebook(notebook, target, wanted, provenance).catch(asUserError(EXIT.failed));
    results.push({ notebook, files });
    if (!json) for (const file of files) process.stdout.write(`${relative(process.cwd(), file) || file}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

function formatsOf(list: string): Format[] {
  const names = [...new Set(list.split(',').map((name) => name.trim().toLowerCase()))];
  return names.map((name) => {
    if (!isFormat(name)) throw new UserError(`--format: expected some of ${formats.join(', ')}, got ${name || 'nothing'}`);
    return name;
  });
}

function sourcesOf(input: string): Source[] {
  if (!existsSync(input)) throw new UserError(`there is no such notebook or run: ${input}`);
  if (!statSync(input).isDirectory()) return [{ notebook: input, folder: join(dirname(input), 'figures', nameOf(input)), provenance: {} }];
  const notebooks = readdirSync(input)
    .filter((name) => extname(name) === '.ipynb')
    .sort();
  if (notebooks.length === 0) throw new UserError(`expected a run with an executed notebook (.ipynb) in it, got ${input}`);
  const figures = join(input, 'figures');
  const provenance = provenanceOf(input);
  return notebooks.map((name) => ({
    notebook: join(input, name),
    folder: notebooks.length === 1 ? figures : join(figures, nameOf(name)),
    provenance,
  }));
}

// The part of run.json that belongs on a figure; a run of a notebook has no seed or configuration of its own.
const record = z.object({
  id: z.string(),
  configHash: z.string().optional(),
  seed: z.number().optional(),
  data: z.string().nullish(),
  versions: z.record(z.string(), z.string().nullable()).optional(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullish(),
});

function provenanceOf(run: string): Provenance {
  const file = join(run, 'run.json');
  if (!existsSync(file)) return { run: basename(run) };
  const read = orUserError(EXIT.usage, () => record.safeParse(JSON.parse(readFileSync(file, 'utf8'))));
  if (!read.success)
    throw new UserError(`expected the record of a run in ${file}, got ${z.prettifyError(read.error).replace(/\s+/g, ' ')}`);
  const { id, configHash, seed, data, versions = {}, git } = read.data;
  const known = Object.entries(versions).flatMap(([name, version]) => (version === null ? [] : [[name, version] as const]));
  return {
    run: id,
    ...(configHash !== undefined && { configuration: configHash }),
    ...(seed !== undefined && { seeds: [seed] }),
    ...(data != null && { data: { data } }),
    ...(known.length > 0 && { versions: Object.fromEntries(known) }),
    ...(git && { commit: git.dirty ? `${git.commit} with changes` : git.commit }),
  };
}

const nameOf = (notebook: string): string => basename(notebook, extname(notebook));

const asUserError =
  (exitCode: ExitCode) =>
  (error: unknown): never => {
    throw new UserError((error as Error).message.replace(/^export: /, ''), exitCode);
  };

function orUserError<T>(exitCode: ExitCode, body: () => T): T {
  try {
    return body();
  } catch (error) {
    return asUserError(exitCode)(error);
  }
}

/** `fovea notebooks list|check|clean`: the notebooks of the project, and the form in which they are committed. */
import { chmodSync, existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { writeWhole } from '../display/write';
import { canonical } from '../kernel/notebook/canonical';
import { findBiome } from '../kernel/notebook/checkLint';
import { checkNotebook } from '../kernel/notebook/checkNotebook';
import type { Finding } from '../kernel/notebook/finding';
import { isObject, type Notebook, parseNotebook } from '../kernel/notebook/notebook';
import { projectRoot } from '../native/projectRoot';
import { EXIT, type ExitCode, UserError } from './error';

export function notebooks(): Command {
  const all = new Command('notebooks').description('list, check and clean the notebooks');
  all
    .command('list')
    .description('the notebooks, what each asks and how long it takes')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }) => list(json === true));
  all
    .command('check')
    .description('refuse what must not be committed; type-check and lint the cells of each as one strict file')
    .argument('[notebook...]', 'notebooks (default: all of the project)')
    .option('--json', 'as JSON')
    .action((paths: string[], { json }: { json?: true }) => {
      process.exitCode = check(paths, json === true);
    });
  all
    .command('clean')
    .description('write notebooks in the form in which they are committed')
    .argument('[notebook...]', 'notebooks (default: all of the project)')
    .action((paths: string[]) => clean(paths));
  return all;
}

type Opened = { readonly path: string; readonly text: string; readonly notebook: Notebook };

function list(json: boolean): void {
  const rows = opened([]).map(({ path, notebook }) => ({ path, title: titleOf(notebook), minutes: minutesOf(notebook) ?? null }));
  if (json) return void process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  const widest = Math.max(0, ...rows.map(({ path }) => path.length));
  for (const { path, title, minutes } of rows) {
    process.stdout.write(`${path.padEnd(widest)}  ${(minutes === null ? '' : `${minutes} min`).padStart(7)}  ${title}\n`);
  }
}

function check(paths: readonly string[], json: boolean): ExitCode {
  const biome = findBiome(projectRoot());
  if (biome === undefined) process.stderr.write('fovea notebooks: cells are not linted, biome is not installed: `npm install` brings it\n');
  const results = opened(paths).map(({ path, text, notebook }) => {
    const { changes } = canonical(notebook, text);
    return { path, form: changes, findings: checkNotebook(notebook, path, biome) };
  });
  const ok = results.every(({ form, findings }) => form.length === 0 && findings.length === 0);
  if (json) process.stdout.write(`${JSON.stringify({ ok, linted: biome !== undefined, notebooks: results }, null, 2)}\n`);
  else {
    for (const { path, form, findings } of results) {
      for (const finding of findings) process.stdout.write(`${path}, ${findingText(finding)}\n`);
      for (const change of form) process.stdout.write(`${path}, ${change}: \`npx fovea notebooks clean ${path}\` repairs it\n`);
      if (form.length + findings.length === 0) process.stdout.write(`${path}: ok\n`);
    }
  }
  return ok ? EXIT.done : EXIT.failed;
}

function clean(paths: readonly string[]): void {
  for (const { path, text, notebook } of opened(paths)) {
    const cleaned = canonical(notebook, text);
    if (cleaned.text !== text) overwrite(path, cleaned.text);
    process.stdout.write(`${path}: ${cleaned.text === text ? 'clean already' : `cleaned (${cleaned.changes.length} changes)`}\n`);
  }
}

/** A link stays one, and what its owner protected from writing stays as it is. */
function overwrite(path: string, text: string): void {
  const file = realpathSync(path);
  const { mode } = statSync(file);
  if ((mode & 0o222) === 0) throw new UserError(`${path}: is read-only: \`chmod u+w ${path}\` allows to clean it`);
  writeWhole(file, text);
  chmodSync(file, mode);
}

const findingText = ({ cell, line, column, message }: Finding): string =>
  `cell ${cell}${line === undefined ? '' : ` line ${line}:${column ?? 1}`}: ${message}`;

function opened(paths: readonly string[]): Opened[] {
  return (paths.length > 0 ? paths : projectNotebooks()).map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw new UserError(`${path}: no such notebook; \`npx fovea notebooks list\` shows those there are`);
    if (found.isDirectory()) throw new UserError(`${path}: expected a notebook, got a folder: name the .ipynb files in it`);
    try {
      const text = readFileSync(path, 'utf8');
      return { path, text, notebook: parseNotebook(text) };
    } catch (error) {
      throw new UserError(`${path}: ${error instanceof Error ? error.message : error}`);
    }
  });
}

function projectNotebooks(): string[] {
  const folder = join(projectRoot(), 'notebooks');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  return names.sort().map((name) => relative(process.cwd(), join(folder, name)));
}

/** The first heading. */
function titleOf(notebook: Notebook): string {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' ? /^#+\s+(.+)$/m.exec(cell.source) : null;
    if (heading) return heading[1]!.trim();
  }
  return '';
}

/** From the notebook's metadata, or from the first cell that says it in words. */
function minutesOf(notebook: Notebook): number | undefined {
  const own = notebook.metadata.fovea;
  if (isObject(own) && typeof own.minutes === 'number') return own.minutes;
  const said = notebook.cells
    .map((cell) => (cell.cell_type === 'markdown' ? /(\d+(?:\.\d+)?)\s*min(?:utes?)?\b/.exec(cell.source) : null))
    .find((match) => match !== null);
  return said ? Number(said[1]) : undefined;
}

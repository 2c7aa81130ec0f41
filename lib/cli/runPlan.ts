/** Which notebooks are to be run, and with what: all that can be refused is refused here, before anything runs. */
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { isCode, isObject, type Notebook, readNotebook } from '../kernel/notebook/notebook';
import { type Given, givenValues, ParameterError, parametersOf, type Values, withParameters } from '../kernel/notebook/parameters';
import { UserError } from './error';

export type Job = {
  readonly path: string;
  readonly name: string;
  /** Where its copy, report and figures go. */
  readonly folder: string;
  readonly parameters: Given;
  readonly values: Values;
  /** Ids of its code cells, and where they stand. */
  readonly cells: readonly { readonly cell: number; readonly id: string }[];
};

const LARGEST_MB = 500; // a text of JavaScript has at most 512 million characters

export function runPlan(paths: readonly string[], out: string, parameters: Given, quick: boolean): Job[] {
  const files = paths.flatMap(notebooksAt);
  const different = files.filter((path, at) => files.findIndex((other) => resolve(other) === resolve(path)) === at);
  const jobs = different.map((path) => job(path, out, parameters, quick));
  const twice = jobs.find(({ name }, at) => jobs.findIndex((other) => other.name === name) !== at);
  if (twice) throw new UserError(`two of the notebooks are named ${twice.name}: run them one after the other, with another --out`);
  return jobs;
}

/** The notebooks in a folder, or the one named. */
function notebooksAt(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => extname(name) === '.ipynb');
  if (names.length === 0) throw new UserError(`${path}: there is no notebook (.ipynb) in this folder`);
  return names.sort().map((name) => join(path, name));
}

function job(path: string, out: string, given: Given, quick: boolean): Job {
  const found = open(path);
  const name = basename(path, extname(path));
  const folder = join(out, name);
  if (resolve(folder, `${name}.ipynb`) === resolve(path)) {
    throw new UserError(`${path}: its executed copy would take its place; give another folder with --out`);
  }
  const hasQuick = parametersOf(found)?.some((one) => one.name === 'quick' && one.accepts?.is === 'boolean');
  const parameters = quick && hasQuick ? { quick: 'true', ...given } : given;
  try {
    const values = givenValues(found, parameters);
    const cells = withParameters(found, parameters).cells.flatMap((cell, index) =>
      isCode(cell) ? [{ cell: index + 1, id: cell.id }] : [],
    );
    return { path, name, folder, parameters, values, cells };
  } catch (error) {
    if (error instanceof ParameterError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}

function open(path: string): Notebook {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError(`${path}: no such notebook; \`npx fovea notebooks list\` shows those there are`);
  if (extname(path) !== '.ipynb') throw new UserError(`${path}: expected a notebook (.ipynb)`);
  if (found.size > LARGEST_MB * 1e6) {
    const clear = `clear its outputs with \`jupyter nbconvert --clear-output --inplace\``;
    throw new UserError(`${path}: expected at most ${LARGEST_MB} MB, got ${Math.round(found.size / 1e6)} MB; ${clear}`);
  }
  try {
    const notebook = readNotebook(path);
    checkLanguage(notebook);
    return notebook;
  } catch (error) {
    throw new UserError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function checkLanguage({ metadata: { kernelspec, language_info } }: Notebook): void {
  const spec = isObject(kernelspec) ? kernelspec : {};
  const info = isObject(language_info) ? language_info : {};
  const language = spec.language ?? info.name;
  if (typeof language !== 'string' || /^(typescript|javascript)$/i.test(language)) return;
  throw new Error(
    `expected a notebook in TypeScript, got one in ${language} (kernel ${JSON.stringify(spec.display_name ?? spec.name ?? '')})`,
  );
}

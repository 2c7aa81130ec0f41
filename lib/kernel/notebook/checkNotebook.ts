/** All that must be right in a notebook before it is committed. */
import { checkContent } from './checkContent';
import { checkLint } from './checkLint';
import { checkTypes } from './checkTypes';
import type { Finding } from './finding';
import type { Notebook } from './notebook';

/** In the order of the cells; without the path of biome's program nothing is linted. */
export function checkNotebook(notebook: Notebook, path: string, biome: string | undefined): Finding[] {
  const linted = biome === undefined ? [] : checkLint(notebook, biome);
  const all = [...checkContent(notebook), ...checkTypes(notebook, path), ...linted];
  return all.sort((a, b) => a.cell - b.cell || (a.line ?? Number.POSITIVE_INFINITY) - (b.line ?? Number.POSITIVE_INFINITY));
}

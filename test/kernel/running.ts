/** What the tests of a running kernel share. The kernel is the built one: `lib/dist`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Execution } from '../../lib/kernel/protocol/client';
import type { Message } from '../../lib/kernel/protocol/message';

/** From here `fovea` and tfjs are found, as they are from `notebooks/`. */
export const here: string = resolve(__dirname, '..');

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export const ofType = (published: readonly Message[], type: string): Message['content'][] =>
  published.filter(({ header }) => header.msg_type === type).map(({ content }) => content);

/** All that a cell printed. */
export const printed = ({ published }: Pick<Execution, 'published'>): string =>
  ofType(published, 'stream')
    .map(({ text }) => text)
    .join('');

/** The value of its last expression as text. */
export const shown = ({ published }: Pick<Execution, 'published'>): unknown =>
  (ofType(published, 'execute_result')[0]?.data as { 'text/plain'?: unknown } | undefined)?.['text/plain'];

/** The traceback without colours. */
export const traceback = ({ reply }: Pick<Execution, 'reply'> & Partial<Execution>): string[] =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour
  (reply.traceback as string[]).map((line) => line.replaceAll(/\x1b\[\d+m/g, ''));

export type NotebookFile = { readonly path: string; readonly folder: string; readonly remove: () => void };

/** A cell's source, and its tags where it has some. */
export type Source = string | { readonly source: string; readonly tags: readonly string[] };

type Options = {
  /** Source of the parameters cell, which is the first. */
  readonly parameters?: string;
  readonly metadata?: object;
  /** Where its folder is made. */
  readonly under?: string;
};

/** A notebook of these code cells in a folder of its own. */
export function notebookFile(name: string, cells: readonly Source[], options: Options = {}): NotebookFile {
  const { parameters, metadata = {}, under = tmpdir() } = options;
  const folder = mkdtempSync(join(under, 'fovea-test-'));
  const path = join(folder, `${name}.ipynb`);
  const code = (cell: Source, index: number): object => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${index}`,
    metadata: typeof cell === 'string' ? {} : { tags: cell.tags },
    outputs: [],
    source: typeof cell === 'string' ? cell : cell.source,
  });
  const first = parameters === undefined ? [] : [code({ source: parameters, tags: ['parameters'] }, 0)];
  const all = [...first, ...cells.map((cell, index) => code(cell, index + 1))];
  writeFileSync(path, JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 }));
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A cell that nothing ends but the end of its process: it opens a pipe at whose other end nobody is. It starts a program, too. */
export const blocked = (folder: string, program: string): string => `import { execFileSync, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
execFileSync('mkfifo', ['${folder}/pipe']);
spawn('${program.split(' ')[0]}', ['${program.split(' ')[1]}'], { stdio: 'ignore' });
console.log('begun');
openSync('${folder}/pipe', 'r');`;

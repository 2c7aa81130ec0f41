/** Jupyter's own runners with our kernel, as they are installed: nbclient, nbconvert and papermill, beside `fovea run`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareJupyter, processEnvironment } from '../../../lib/kernel/jupyter';
import { writeKernelspec } from '../../../lib/kernel/kernelspec';
import { runNotebook } from '../../../lib/kernel/runner/runNotebook';
import { here, notebookFile, type Source } from '../running';

const root = resolve(here, '..');
const bin = (name: string): string => join(root, '.venv', 'bin', name);

/** How each is told: the notebook, where the copy goes, and seconds a cell may take. */
const RUNNERS = {
  nbclient: (path, copy, limit) => [bin('jupyter-execute'), path, `--output=${copy.replace(/\.ipynb$/, '')}`, `--timeout=${limit}`],
  nbconvert: (path, copy, limit) => [
    bin('jupyter-nbconvert'),
    ...['--to', 'notebook', '--execute', path, '--output', copy, `--ExecutePreprocessor.timeout=${limit}`],
  ],
  papermill: (path, copy, limit) => [bin('papermill'), path, copy, '--execution-timeout', `${limit}`, '--no-progress-bar'],
} satisfies Record<string, (path: string, copy: string, limit: number) => string[]>;
type Runner = keyof typeof RUNNERS;

type Cell = { source: string | string[]; outputs: Record<string, unknown>[]; metadata: { tags?: string[] } };
type Ran = { code: number | null; said: string; cells: Cell[] | undefined };

let folder: string;
let home: string;
beforeAll(() => {
  prepareJupyter(root);
  writeKernelspec(root);
  folder = mkdtempSync(join(here, 'runners-')); // below the project, from where cells find `fovea`
  home = join(folder, 'home');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const metadata = {
  kernelspec: { display_name: 'TypeScript (Fovea)', language: 'typescript', name: 'tslab' },
  language_info: { name: 'typescript' },
};
const notebook = (name: string, cells: readonly Source[]): string => notebookFile(name, cells, { metadata, under: folder }).path;

/** With a home of its own, in which nothing may be written. */
async function ran(runner: Runner, path: string, limit = 60, more: readonly string[] = []): Promise<Ran> {
  const copy = join(folder, `${runner}-copy.ipynb`);
  rmSync(copy, { force: true });
  const [program, ...words] = [...RUNNERS[runner](path, copy, limit), ...more];
  const child = spawn(program!, words, {
    cwd: folder,
    env: { ...processEnvironment(root), HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => void said.push(data));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const cells = existsSync(copy) ? cellsOf(copy) : undefined;
  expect(existsSync(home) ? readdirSync(home) : [], 'written into home').toEqual([]);
  return { code, said: stripVTControlCharacters(Buffer.concat(said).toString('utf8')), cells };
}

const cellsOf = (path: string): Cell[] => (JSON.parse(readFileSync(path, 'utf8')) as { cells: Cell[] }).cells;

/** What is the same however a notebook is run: nbclient keeps text as it came, in pieces. */
function outputsOf(cells: readonly Cell[]): unknown[][] {
  return cells.map(({ outputs }) => {
    const all: [unknown, unknown][] = [];
    for (const { output_type, name, text, data, ename, evalue } of outputs) {
      const last = all.at(-1);
      if (output_type === 'stream' && last?.[0] === name) last![1] = `${last![1]}${joined(text)}`;
      else if (output_type === 'stream') all.push([name, joined(text)]);
      else if (output_type === 'error') all.push([ename, evalue]);
      else all.push([output_type, Object.fromEntries(Object.entries(data ?? {}).map(([mime, value]) => [mime, joined(value)]))]);
    }
    return all;
  });
}

const joined = (value: unknown): unknown =>
  Array.isArray(value) && value.every((line) => typeof line === 'string') ? value.join('') : value;

const CELLS = [
  "import { numberGrid, show } from 'fovea';\nawait show(numberGrid({ title: 'weights', grids: [{ title: 'softmax', values: [[0.1, 0.9]] }] }));",
  { source: "throw new RangeError('as expected');", tags: ['raises-exception'] },
  "for (let line = 0; line < 2000; line++) console.log('line', line);",
  "await new Promise((done) => setTimeout(done, 300));\nconsole.log('waited');",
  "console.error('last');\n6 * 7",
];

describe("Jupyter's own runners", () => {
  let path: string;
  let ours: unknown[][];
  beforeAll(async () => {
    path = notebook('good', CELLS);
    const executed = join(folder, 'ours.ipynb');
    expect((await runNotebook({ path, executed })).status).toBe('ok');
    ours = outputsOf(cellsOf(executed));
  });

  it('are compared with a run of ours that has a figure, an error, 2,000 lines, a timer and a value', () => {
    expect(ours[0]).toMatchObject([['display_data', { 'application/vnd.vegalite.v5+json': {}, 'image/png': expect.any(String) }]]);
    expect(ours[1]).toEqual([['RangeError', 'as expected']]);
    expect((ours[2] as [string, string][])[0]![1].trimEnd().split('\n')).toHaveLength(2000);
    expect(ours.slice(3)).toEqual([
      [['stdout', 'waited\n']],
      [
        ['stderr', 'last\n'],
        ['execute_result', { 'text/plain': '42' }],
      ],
    ]);
  });

  it.each(['nbclient', 'nbconvert'] as const)(
    'come with our kernel to the same outputs: %s',
    async (runner) => {
      const { code, said, cells } = await ran(runner, path);
      expect(code, said).toBe(0);
      expect(outputsOf(cells!)).toEqual(ours);
    },
    120_000,
  );

  it('come with our kernel to the same outputs: papermill, for which an error is one also where it is allowed', async () => {
    const allowed = await ran('papermill', path);
    expect(allowed.code).toBe(1);
    expect(allowed.said).toMatch(/Exception encountered at "In \[2\]":\nRangeError: as expected/);
    const { code, said, cells } = await ran('papermill', notebook('better', [CELLS[0]!, ...CELLS.slice(2)]));
    expect(code, said).toBe(0);
    expect(outputsOf(cells!)).toEqual([ours[0], ...ours.slice(2)]);
  }, 120_000);

  it.each(['nbclient', 'nbconvert'] as const)(
    'fail for a cell that raises, and say where: %s',
    async (runner) => {
      const { code, said } = await ran(runner, notebook('bad', ['1', "throw new RangeError('no');", '2']));
      expect(code).toBe(1);
      expect(said).toMatch(/RangeError: no\n\s+at In\[2\]:1:7/);
    },
    120_000,
  );

  it('end a cell that takes too long', async () => {
    const { code, said } = await ran('nbclient', notebook('long', ['for (;;) await new Promise((done) => setTimeout(done, 50));']), 20); // its limit for the start, too
    expect(code).toBe(1);
    expect(said).toContain('A cell timed out while it was being executed, after 20 seconds.');
  }, 120_000);

  it('papermill has no parameters in TypeScript; what it writes for C# is TypeScript too', async () => {
    const given = ['-p', 'rate', '0.5', '-p', 'name', 'it "is"', '-p', 'quick', 'True'];
    const declared = "const rate: number = 0.1;\nconst name = 'x';\nconst quick = false;";
    const parameters = notebook('parameters', [{ source: declared, tags: ['parameters'] }, 'console.log(rate * 2, name, quick);']);
    const without = await ran('papermill', parameters, 60, given);
    expect(without.code).toBe(1);
    expect(without.said).toContain("No parameter translator functions specified for kernel 'tslab' or language 'typescript'");
    const { code, said, cells } = await ran('papermill', parameters, 60, [...given, '-l', '.net-csharp']);
    expect(code, said).toBe(0);
    expect(outputsOf(cells!).at(-1)).toEqual([['stdout', '1 it "is" true\n']]);
  }, 120_000);
});

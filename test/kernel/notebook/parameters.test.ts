import { describe, expect, it } from 'vitest';
import type { Cell, Notebook } from '../../../lib/kernel/notebook/notebook';
import { defaultValues, type Given, givenValues, parametersOf, withParameters } from '../../../lib/kernel/notebook/parameters';

const code = (source: string, tags: string[] = []): Cell => ({
  cell_type: 'code',
  execution_count: null,
  id: source.slice(0, 4),
  metadata: tags.length > 0 ? { tags } : {},
  outputs: [],
  source,
});

const notebook = (source: string): Notebook => ({
  cells: [code('1'), code(source, ['parameters']), code('2')],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

const declared = `const rate: number = 0.1;
let quick = false;
const seeds = [1, 2, 3], name = 'fashion';
const order: 'forward' | 'backward' = 'forward';
const shape = { height: 2 };`;

const injected = (given: Given): string | undefined => withParameters(notebook(declared), given).cells[2]?.source;

describe('parameters of a notebook', () => {
  it('are the declarations of the tagged cell, with the types that they have or that their values say', () => {
    expect(parametersOf(notebook(declared))?.map(({ name, type, accepts }) => [name, type, accepts?.is])).toEqual([
      ['rate', 'number', 'number'],
      ['quick', 'boolean', 'boolean'],
      ['seeds', 'number[]', 'list'],
      ['name', 'string', 'string'],
      ['order', "'forward' | 'backward'", 'union'],
      ['shape', 'any', undefined],
    ]);
    expect(defaultValues(notebook(declared))).toEqual({ rate: 0.1, quick: false, seeds: [1, 2, 3], name: 'fashion', order: 'forward' });
  });

  it('are set in a tagged cell below their own', () => {
    const changed = withParameters(notebook(declared), { rate: '5e-2', quick: 'true' });
    expect(changed.cells.map((cell) => cell.metadata.tags)).toEqual([undefined, ['parameters'], ['injected-parameters'], undefined]);
    expect(changed.cells[2]?.source).toBe('const rate: number = 0.05;\nlet quick: boolean = true;');
  });

  it('take lists as JSON or with commas, text as it is, and one of the words of a union', () => {
    expect(injected({ seeds: '[4,5]' })).toBe('const seeds: number[] = [4,5];');
    expect(injected({ seeds: '4,5' })).toBe('const seeds: number[] = [4,5];');
    expect(injected({ name: 'it\'s "new"' })).toBe('const name: string = "it\'s \\"new\\"";');
    expect(injected({ order: 'backward' })).toBe(`const order: 'forward' | 'backward' = "backward";`);
  });

  it.each([
    ['const depth: 18 | 34 = 18;', { depth: '34' }, 34],
    ['const on: true | "auto" = true;', { on: 'auto' }, 'auto'],
    ['const size: number | "full" = 60;', { size: '1e2' }, 100],
    ['const limit: number | undefined = undefined;', { limit: '3' }, 3],
    ['const names: ReadonlyArray<"se" | "cbam"> = ["se"];', { names: 'cbam, se' }, ['cbam', 'se']],
    ['const grid: readonly number[][] = [[1]];', { grid: '[[1,2],[3]]' }, [[1, 2], [3]]],
    ['const mixed = [1, "a"];', { mixed: '2,b' }, [2, 'b']],
    ['const seconds = 60 * 60;', { seconds: '-1.5' }, -1.5],
    ['const fixed = [1, 2] as const;', { fixed: '[]' }, []],
    ['const name = "x";', { name: 'Ünï "☃"\n' }, 'Ünï "☃"\n'],
  ] as [string, Given, unknown][])('of %s may be %j', (source, given, value) => {
    expect(Object.values(givenValues(notebook(source), given))).toEqual([value]);
  });

  it.each([
    ['const depth: 18 | 34 = 18;', { depth: '50' }, 'parameter depth: expected 18 or 34, got "50"'],
    ['const names: ("se" | "cbam")[] = [];', { names: 'se,sam' }, 'parameter names: expected ("se" | "cbam")[], got "se,sam"'],
    ['const empty = [];', { empty: '1' }, 'parameter empty has the type any, which cannot be given from outside'],
    ['const quick = false;', { Quick: 'true' }, 'unknown parameter Quick; did you mean quick?'],
    ['const quick = false;', { __proto__x: '1' }, 'unknown parameter __proto__x; the notebook has quick'],
  ] as [string, Given, string][])('of %s may not be %j', (source, given, message) => {
    expect(() => givenValues(notebook(source), given)).toThrow(message);
  });

  it('take the place of those that were injected before', () => {
    const once = withParameters(notebook(declared), { rate: '1' });
    const twice = withParameters(once, { rate: '2' });
    expect(twice.cells).toHaveLength(4);
    expect(twice.cells[2]?.source).toBe('const rate: number = 2;');
  });

  it.each([
    [{ rate: 'fast' }, 'parameter rate: expected number, got "fast"'],
    [{ rate: '' }, 'parameter rate: expected number, got ""'],
    [{ quick: 'yes' }, 'parameter quick: expected boolean, got "yes"'],
    [{ seeds: '1,b' }, 'parameter seeds: expected number[], got "1,b"'],
    [{ seeds: '["1"]' }, 'parameter seeds: expected number[], got "[\\"1\\"]"'],
    [{ order: 'sideways' }, 'parameter order: expected forward or backward, got "sideways"'],
    [{ shape: '{}' }, 'parameter shape has the type any, which cannot be given from outside'],
    [{ rat: '1' }, 'unknown parameter rat; did you mean rate?'],
    [{ momentum: '1' }, 'unknown parameter momentum; the notebook has rate, quick, seeds, name, order, shape'],
  ] as [Given, string][])('refuse %j', (given, message) => {
    expect(() => withParameters(notebook(declared), given)).toThrow(message);
  });

  it('must be given where the notebook gives them no value', () => {
    expect(() => withParameters(notebook('let dataset: string;'), {})).toThrow(
      'parameter dataset (string) has no value: give one with -p dataset=...',
    );
    expect(withParameters(notebook('let dataset: string;'), { dataset: 'x' }).cells[2]?.source).toBe('let dataset: string = "x";');
  });

  it('cannot be set where no cell is tagged', () => {
    const plain: Notebook = { cells: [code('1')], metadata: {}, nbformat: 4, nbformat_minor: 5 };
    expect(() => withParameters(plain, { rate: '1' })).toThrow('rate cannot be set: the notebook has no cell tagged "parameters"');
    expect(withParameters(plain, {})).toBe(plain);
  });
});

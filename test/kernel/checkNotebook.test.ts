import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkContent, checkTypes } from '../../lib/kernel/checkNotebook';
import type { Cell, Notebook, Output } from '../../lib/kernel/notebook';
import { here } from './running';

const notebook = (...sources: (string | { source: string; outputs?: Output[]; tags?: string[] })[]): Notebook => ({
  cells: sources.map((given, index): Cell => {
    const { source, outputs = [], tags } = typeof given === 'string' ? { source: given } : given;
    return { cell_type: 'code', execution_count: null, id: `${index}`, metadata: tags ? { tags } : {}, outputs, source };
  }),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

const types = (...sources: Parameters<typeof notebook>): string[] =>
  checkTypes(notebook(...sources), join(here, 'checked.ipynb')).map(
    ({ cell, line, column, message }) => `${cell} ${line}:${column} ${message}`,
  );

describe('the cells of a notebook as one strict file', () => {
  it('pass where they are right, with await at their top and what the library exports', () => {
    const first = "import { sizes, tf } from 'fovea';\nconst shape = sizes(tf.zeros([1, 2]), 'a b');\nawait Promise.resolve();\nshape.b";
    expect(types(first, 'const twice: number = shape.a * 2;\ntwice')).toEqual([]);
  });

  it('are checked more strictly than tslab does, and say cell and line', () => {
    expect(types('const ok = 1;', '\nconst length = (text?: string): number => text.length;')).toEqual([
      "2 2:43 'text' is possibly 'undefined'.",
    ]);
    expect(types('const n: number = "x";')).toEqual(["1 1:7 Type 'string' is not assignable to type 'number'."]);
  });

  it('may not declare a name twice, which tslab lets them', () => {
    expect(types('const x = 1;', 'x + 1', 'const x = 2;\nimport { sizes } from "fovea";', 'function sizes() {}')).toEqual([
      '3 1:7 x is already declared in cell 1: give one of them another name',
      '4 1:10 sizes is already declared in cell 3: give one of them another name',
    ]);
  });

  it('may fail where that is their purpose', () => {
    expect(types({ source: 'const n: number = "x";', tags: ['raises-exception'] })).toEqual([]);
  });
});

describe('what must not be in a committed notebook', () => {
  it('is an absolute path, in a source with its line or in an output', () => {
    const output: Output = { output_type: 'stream', name: 'stdout', text: 'saved to /home/ada/figure.svg\n' };
    const found = checkContent(
      notebook("1;\nread('/tmp/data.csv')", { source: '2', outputs: [output] }, "fetch('https://example.org/home/x'); './tmp/x'"),
    );
    expect(found).toEqual([
      { cell: 1, line: 2, column: 7, message: 'an absolute path: /tmp/data.csv' },
      { cell: 2, message: 'an absolute path in an output: /home/ada/figure.svg' },
    ]);
  });

  it('is an output of more than 300 kB', () => {
    const output = (length: number): Output => ({ output_type: 'display_data', data: { 'image/png': 'x'.repeat(length) }, metadata: {} });
    expect(checkContent(notebook({ source: '1', outputs: [output(299_000)] }))).toEqual([]);
    expect(checkContent(notebook({ source: '1', outputs: [output(400_000)] }))).toEqual([
      { cell: 1, message: 'an output of 400 kB, more than 300 kB' },
    ]);
  });
});

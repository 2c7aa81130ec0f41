import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTypes } from '../../../lib/kernel/notebook/checkTypes';
import { type GivenCell, notebookOf } from '../notebookOf';
import { here } from '../running';

const types = (...sources: readonly GivenCell[]): string[] =>
  checkTypes(notebookOf(...sources), join(here, 'checked.ipynb')).map(
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

  it('have no promise that nobody waits for', () => {
    const cell = 'const wait = async (): Promise<void> => {};\nawait wait();\nvoid wait();\nwait().catch(console.error);\n  wait();';
    expect(types(cell, 'if (true) {\n  wait();\n}\nconst kept = wait();')).toEqual([
      '1 5:3 a promise that nobody waits for: write await before it, else what it prints lands in a later cell',
      '2 2:3 a promise that nobody waits for: write await before it, else what it prints lands in a later cell',
    ]);
  });
});

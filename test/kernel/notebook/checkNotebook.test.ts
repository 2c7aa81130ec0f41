import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBiome } from '../../../lib/kernel/notebook/checkLint';
import { checkNotebook } from '../../../lib/kernel/notebook/checkNotebook';
import { notebookOf } from '../notebookOf';
import { here } from '../running';

const messy = notebookOf(
  { source: "const a: any = '/tmp/x';", outputs: [{ output_type: 'stream', name: 'stdout', text: 'in 3 s' }] },
  'const b: number = a;',
);
const found = (biome: string | undefined): string[] =>
  checkNotebook(messy, join(here, 'checked.ipynb'), biome).map(({ cell, line, message }) => `${cell} ${line ?? '-'} ${message}`);

describe('a notebook', () => {
  it('is checked for what it holds, its types and its lint, told in the order of its cells, sources before outputs', () => {
    expect(found(findBiome(here))).toEqual([
      '1 1 an absolute path: /tmp/x',
      '1 1 Unexpected any. Specify a different type (noExplicitAny)',
      '1 - output 1, line 1: a time, which the next run changes: 3 s',
      '2 1 This variable b is unused (noUnusedVariables)',
    ]);
  });

  it('is checked without lint where biome is not installed', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'fovea-no-biome-'));
    expect(findBiome(elsewhere)).toBeUndefined();
    rmSync(elsewhere, { recursive: true });
    expect(found(undefined)).toHaveLength(2);
  });
});

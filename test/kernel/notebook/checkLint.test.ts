import { describe, expect, it } from 'vitest';
import { checkLint, findBiome } from '../../../lib/kernel/notebook/checkLint';
import { type GivenCell, notebookOf } from '../notebookOf';
import { here } from '../running';

const biome = findBiome(here)!;
const lint = (...sources: readonly GivenCell[]): string[] =>
  checkLint(notebookOf(...sources), biome).map(({ cell, line, column, message }) => `${cell} ${line}:${column} ${message}`);

/** Place and rule alone. */
const rules = (...sources: readonly GivenCell[]): string[] =>
  lint(...sources).map((text) => text.replace(/^(\d+ \d+:\d+) .*\((\w+)\)$/, '$1 $2'));

describe('the linted cells of a notebook', () => {
  it('may use in one cell what another imports or declares, show a value and await at their top', () => {
    expect(lint("import { sum } from 'fovea';\nconst n = 1;", 'await Promise.resolve();\nsum(n)', 'n')).toEqual([]);
  });

  it('import and declare nothing that no cell uses', () => {
    expect(rules("import { sum, mean } from 'fovea';\nsum", 'const n = 1;\nfunction half() {}')).toEqual([
      '1 1:15 noUnusedImports',
      '2 1:7 noUnusedVariables',
      '2 2:10 noUnusedVariables',
    ]);
  });

  it.each([
    ['let a: any = 1;\na = 2;\na', '2 1:8 noExplicitAny'],
    ['debugger;', '2 1:1 noDebugger'],
    ['if (zero == 1) console.log();', '2 1:10 noDoubleEquals'],
    ['var a = 1;\na', '2 1:1 noVar'],
    ['let a = 1;\na', '2 1:1 useConst'],
    ["import { readFileSync } from 'fs';\nreadFileSync", '2 1:30 useNodejsImportProtocol'],
    ['(() => {\n  return zero;\n  console.log();\n})()', '2 3:3 noUnreachable'],
    ['zero === zero', '2 1:1 noSelfCompare'],
    ['const f = (): number => {\n  try {\n    return 1;\n  } catch (error) {\n    throw error;\n  }\n};\nf()', '2 5:5 noUselessCatch'],
  ])('have nothing useless, loose or left over: %j', (source, found) => {
    expect(rules('const zero = 0;', source)).toContain(found);
  });

  it('say the rule, and the column as TypeScript counts it, also after a character of two halves', () => {
    expect(lint("const x = '\u{1d4b3}'; const y: any = x;\ny")).toEqual([
      '1 1:26 Unexpected any. Specify a different type (noExplicitAny)',
    ]);
    expect("const x = '\u{1d4b3}'; const y: any = x;".indexOf('any') + 1).toBe(26);
  });

  it('are not judged where they are meant to fail, but what they use is used', () => {
    const tags = ['raises-exception'];
    expect(lint("import { sum } from 'fovea';", { source: 'const n: any = sum;', tags })).toEqual([]);
    expect(lint('const n = 1;\nn', { source: 'const = ;', tags })).toEqual([]);
  });
});

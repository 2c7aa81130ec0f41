import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript';
import { describe, expect, it } from 'vitest';
import { isComplete } from '../../../lib/kernel/editor/isComplete';

const require = createRequire(__filename);
const ts = createRequire(require.resolve('tslab/dist/converter.js'))('@tslab/typescript-for-tslab') as typeof TypeScript;

describe('isComplete', () => {
  it.each([
    '',
    '  \n',
    '1 + 1',
    'const a = [1,\n2];',
    'await x',
    'await (x)',
    'for await (const x of y) {}',
    'let a: string',
    '`two\nlines`',
    '/[{(]/',
  ])('has %j run', (code) => expect(isComplete(ts, code)).toEqual({ status: 'complete' }));

  it.each([
    ['for (;;) {', 2],
    ['if (x) {\n  call(', 4],
    ['class A {\n  m() {\n    return {', 6],
    ['const f = (x) => [\n  {\n    a: 1,\n  },', 2],
    ['`a ${x.map((y) => {', 2],
    ['const a = { b: `}`,', 2],
    ['a +', 0],
    ['a + // and', 0],
    ['if (x)', 0],
    ['`two\n  lines', 2],
    ['/* why', 0],
    ["'goes on \\\n", 0],
    ['import { a } from', 0],
    ['try { a }', 0],
    ['const y = await', 0],
  ])('waits for more after %j, indented by %i', (code, indent) =>
    expect(isComplete(ts, code)).toEqual({ status: 'incomplete', indent: ' '.repeat(indent) }),
  );

  it.each(['const = 3', 'foo )', '}', 'a b c', "'abc", "'abc\nlet b = 2", '/abc', 'if (x) { const = 3', '0x', 'let a = #;'])(
    'says of %j that nothing more will mend it',
    (code) => expect(isComplete(ts, code)).toEqual({ status: 'invalid' }),
  );
});

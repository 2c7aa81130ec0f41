import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { resultBundle } from '../../../lib/kernel/values/result';

async function bundleOf(value: unknown): Promise<{ text: string; html: string | undefined }> {
  const { data } = (await resultBundle(value))!;
  return { text: data['text/plain'] as string, html: data['text/html'] as string };
}

describe('a list of objects as the value of a cell', () => {
  const rows = [
    { name: 'none', accuracy: 0.8125, steps: 5 },
    { name: 'squeezeExcite', accuracy: 1 / 3, steps: 12 },
  ];

  it('is a table: text to the left, numbers to the right with decimals in common', async () => {
    const { text } = await bundleOf(rows);
    expect(text.split('\n')).toEqual([
      'name           accuracy  steps',
      '-------------  --------  -----',
      'none             0.8125      5',
      'squeezeExcite    0.3333     12',
    ]);
  });

  it('is an html table without scripts, colours or sizes', async () => {
    const { html } = await bundleOf(rows.slice(0, 1));
    const left = 'style="text-align: left"';
    const right = 'style="text-align: right"';
    expect(html).toBe(
      `<table><thead><tr><th ${left}>name</th><th ${right}>accuracy</th><th ${right}>steps</th></tr></thead><tbody>\n` +
        `<tr><td ${left}>none</td><td ${right}>0.8125</td><td ${right}>5</td></tr>\n</tbody></table>`,
    );
  });

  it('escapes what would be html', async () => {
    expect((await bundleOf([{ '<b>': '<script>alert("&")</script>' }])).html).toContain(
      '&lt;b&gt;</th></tr></thead><tbody>\n<tr><td style="text-align: left">&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</td>',
    );
  });

  it('has the columns of all rows in the order they came, empty where a row has none', async () => {
    expect((await bundleOf([{ b: 1 }, { a: 'x', b: 2 }, { c: true }])).text).toBe(
      ['b  a  c', '-  -  ----', '1', '2  x', '      true'].join('\n'),
    );
  });

  it('shows twenty rows and twelve columns, and counts the others', async () => {
    const { text, html } = await bundleOf(Array.from({ length: 1000 }, (_, i) => ({ i })));
    expect(text.split('\n')).toHaveLength(23);
    expect(text.split('\n').at(-1)).toBe('and 980 more rows');
    expect(html).toMatch(/<\/table><p>and 980 more rows<\/p>$/);
    const wide = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`c${i}`, i]));
    expect((await bundleOf([wide])).text.split('\n').at(-1)).toBe('and 2 more columns: c12, c13');
  });

  it('shortens what is nested or long, and shows a tensor by its shape', async () => {
    const row = { list: [1, 2, 3], tensor: tf.zeros([2, 3]), day: new Date(0), nothing: null, words: 'x'.repeat(50) };
    const cells = (await bundleOf([row])).text.split('\n')[2]!.split(/ {2,}/);
    expect(cells).toEqual(['[ 1, 2, 3 ]', 'float32 [2, 3]', '1970-01-01T00:00:00.000Z', 'null', `${'x'.repeat(39)}…`]);
  });

  it('survives fields that throw', async () => {
    const thrower = {
      ok: 1,
      get bad(): number {
        throw new RangeError('no');
      },
    };
    expect((await bundleOf([thrower])).text.split('\n')[2]).toBe(' 1  cannot be read: RangeError: no');
  });

  it('may be a set, or a map with its keys in front', async () => {
    expect((await bundleOf(new Set([{ a: 1 }]))).text).toBe('a\n-\n1');
    expect((await bundleOf(new Map([['x', { a: 0.5 }]]))).text.split('\n')).toEqual(['(key)    a', '-----  ---', 'x      0.5']);
  });

  it('is no table where anything else is among them, or nothing is in them', async () => {
    expect(await bundleOf([{ a: 1 }, 2])).toEqual({ text: '[ { a: 1 }, 2 ]', html: undefined });
    expect(await bundleOf([{}])).toEqual({ text: '[ {} ]', html: undefined });
    expect(await bundleOf([])).toEqual({ text: '[]', html: undefined });
  });
});

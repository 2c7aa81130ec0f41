import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { bundleOf } from '../../../lib/display/bundle';
import { resultBundle } from '../../../lib/kernel/values/result';
import { examples } from '../../plot/examples';

const textOf = async (value: unknown): Promise<unknown> => (await resultBundle(value))?.data['text/plain'];
const displaying = (bundle: unknown): object => ({ [Symbol.for('Jupyter.display')]: () => bundle });

describe('the value of a cell', () => {
  it('is nothing where it is undefined', async () => {
    expect(await resultBundle(undefined)).toBeUndefined();
  });

  it("is shown as Node's console does", async () => {
    const circular: Record<string, unknown> = { a: 1 };
    circular.self = circular;
    const all = ["it's", 12n, null, Symbol('s'), new Date(0), class A extends Map {}, function f() {}, /x/g, new Map([[1, 2]]), circular];
    expect(await Promise.all(all.map(textOf))).toEqual([
      '"it\'s"',
      '12n',
      'null',
      'Symbol(s)',
      '1970-01-01T00:00:00.000Z',
      '[class A extends Map]',
      '[Function: f]',
      '/x/g',
      'Map(1) { 1 => 2 }',
      '<ref *1> { a: 1, self: [Circular *1] }',
    ]);
    expect(await textOf(new RangeError('far'))).toMatch(/^RangeError: far\n {4}at /);
  });

  it('is never awaited: a promise says what to do', async () => {
    const contexts = new AsyncLocalStorage();
    const pending = contexts.run(1, () => new Promise(() => {})); // as in a kernel, where Node marks each promise
    contexts.disable();
    expect(await textOf(pending)).toBe('Promise { <pending> }\nnot awaited: put `await` before it to see what it resolves to');
  });

  it('is bounded, and what is left out is counted', async () => {
    expect(await textOf('x'.repeat(30_000))).toBe(`'${'x'.repeat(10_000)}'... 20000 more characters`);
    expect(await textOf(new Float32Array(1000))).toMatch(/^Float32Array\(1000\) \[[\s\S]*\.\.\. 900 more items\n\]$/);
    const wide = { inside: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i])) };
    const text = String(await textOf(wide));
    expect(text).toMatch(/k99: 99\n {2}\}\n\}\n\.\.\. 4900 more properties$/);
    const long = Array.from({ length: 99 }, () => 'y'.repeat(1000));
    expect(String(await textOf(long))).toMatch(/^[\s\S]{20000}\n\.\.\. \d+ more characters$/);
  });

  it('is shown without calling its getters or springing the traps of a proxy', async () => {
    const fail = (): never => {
      throw new Error('sprung');
    };
    const traps = { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail };
    expect(await textOf({ get x(): number { return fail(); } })).toBe('{ x: [Getter] }'); // biome-ignore format: one object
    expect(await textOf(new Proxy({ a: 1 }, traps))).toBe('{ a: 1 }');
  });

  it('that fails while it is written becomes a line that says so', async () => {
    const failing = {
      [Symbol.for('nodejs.util.inspect.custom')]: () => {
        throw new TypeError('mine');
      },
    };
    expect(await textOf(failing)).toBe('a value (object) that cannot be shown: TypeError: mine');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(await textOf(proxy)).toMatch(/^<Revoked Proxy>/);
  });

  it('shows a figure by its bundle, also one that was read from JSON', async () => {
    const figure = examples.attentionMap!;
    const expected = JSON.stringify(await bundleOf(figure));
    expect(JSON.stringify(await resultBundle(figure))).toBe(expected);
    expect(JSON.stringify(await resultBundle(JSON.parse(JSON.stringify(figure))))).toBe(expected);
  });
});

describe('a value that says itself how it is shown', () => {
  it('gives its bundle, now or later', async () => {
    expect((await resultBundle(displaying({ 'text/html': '<b>x</b>' })))?.data).toEqual({ 'text/html': '<b>x</b>' });
    expect((await resultBundle(displaying(Promise.resolve({ 'application/json': { a: [1] } }))))?.data).toEqual({
      'application/json': { a: [1] },
    });
  });

  it.each([
    ['null', null, 'expected an object from MIME types to content, got null'],
    ['a list', ['text/plain'], 'expected an object from MIME types to content, got an array'],
    ['an empty object', {}, 'expected at least one MIME type, got an empty object'],
    ['what is no MIME type', { html: '<b>' }, "expected MIME types such as text/plain for keys, got 'html'"],
    ['undefined content', { 'text/plain': undefined }, 'expected text for text/plain, got undefined'],
    ['bytes', { 'image/png': new Uint8Array(2) }, 'expected text for image/png (base64), got object'],
    ['what JSON cannot hold', { 'application/json': 1n }, 'expected what JSON can hold'],
  ])('is an error that says what is wrong with %s', async (_what, bundle, message) => {
    await expect(resultBundle(displaying(bundle))).rejects.toThrow(`Jupyter.display: ${message}`);
  });

  it('passes on what its own method throws', async () => {
    const failing = {
      [Symbol.for('Jupyter.display')]: () => {
        throw new RangeError('own');
      },
    };
    await expect(resultBundle(failing)).rejects.toThrow('own');
  });
});

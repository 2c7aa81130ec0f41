import * as tf from '@tensorflow/tfjs-core';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { resultBundle } from '../../../lib/kernel/values/result';

async function bundleOf(value: unknown): Promise<{ text: string; html: string | undefined; png: string | undefined; metadata: object }> {
  const { data, metadata } = (await resultBundle(value))!;
  return { text: data['text/plain'] as string, html: data['text/html'] as string, png: data['image/png'] as string, metadata };
}

const textOf = async (value: unknown): Promise<string> => (await bundleOf(value)).text;
const wordsOf = async (value: unknown): Promise<string> => (await textOf(value)).split('\n').slice(1, 3).join('; ');

/** The pixel at a point that is drawn: the PNG has two for each. */
function pixel(png: string, x: number, y: number): number[] {
  const { data, width } = decode(Buffer.from(png, 'base64'));
  const at = 4 * (2 * y * width + 2 * x);
  return [...data.slice(at, at + 4)];
}

const values = (...shape: number[]): tf.Tensor => tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape);

describe('a tensor as the value of a cell', () => {
  it('prints its kind, its range, what its picture is, and its values', async () => {
    expect(await textOf(tf.tensor2d([[1, 2], [3, 4]]))).toBe(
      ['float32 [2, 2]: 1 to 4, mean 2.5', 'picture: [:, :]', 'scale: dark 1, light 4', '[[1, 2],', ' [3, 4]]'].join('\n'),
    ); // biome-ignore format: the matrix stands as a matrix
  });

  it('is drawn in cividis, the least value dark and the largest light, sixteen pixels a value', async () => {
    const { png, html, metadata } = await bundleOf(tf.tensor2d([[1, 2], [3, 4]])); // biome-ignore format: a matrix
    expect(metadata).toEqual({ 'image/png': { width: 32, height: 32 } });
    const corners = [[0, 0], [31, 0], [0, 31], [31, 31]].map(([x, y]) => pixel(png!, x!, y!)); // biome-ignore format: four points
    // a third of the way is at 5 1/3 of 16 steps: a third from #4f576e to #60636f; two thirds: two thirds from #989278 to #a69f77
    expect(corners).toEqual([[0, 32, 81, 255], [85, 91, 110, 255], [161, 155, 119, 255], [252, 230, 71, 255]]); // biome-ignore format: four colours
    expect([pixel(png!, 15, 0), pixel(png!, 16, 0)]).toEqual([corners[0], corners[1]]);
    expect(html).toContain(`<img src="data:image/png;base64,${png}" width="32" height="32"`);
  });

  it('with both signs is drawn from blue over white at zero to orange', async () => {
    const { png, text } = await bundleOf(tf.tensor1d([-2, 0, 1]));
    expect(text.split('\n')[2]).toBe('scale: blue -2, white 0, orange 2');
    // 1 is three quarters of the way, half from #f7cfa3 to #e08a3c
    expect([8, 24, 40].map((x) => pixel(png!, x, 8))).toEqual([
      [19, 75, 115, 255],
      [255, 255, 255, 255],
      [236, 173, 112, 255],
    ]);
  });

  it('counts what is not finite, leaves it out of the range, and draws NaN pink', async () => {
    const { text, png } = await bundleOf(tf.tensor1d([0, Number.NaN, 3, Infinity, -Infinity]));
    expect(text).toBe(
      [
        'float32 [5]: 0 to 3, mean 1.5, besides 1 NaN, 2 infinite',
        'picture: [:]',
        'scale: dark 0, light 3, NaN pink',
        '[   0,  NaN,    3,  Inf, -Inf]',
      ].join('\n'),
    );
    expect([pixel(png!, 24, 8), pixel(png!, 56, 8)]).toEqual([[204, 121, 167, 255], [252, 230, 71, 255]]); // biome-ignore format: two colours
    expect(await textOf(tf.fill([2], Number.NaN))).toBe('float32 [2]: 2 NaN\n[NaN, NaN]');
  });

  it('of one value, or of none, or of equal ones, has no picture', async () => {
    expect(await bundleOf(tf.scalar(0.1))).toEqual({ text: 'float32 []\n0.1', html: undefined, png: undefined, metadata: {} });
    expect(await textOf(tf.zeros([0, 3]))).toBe('float32 [0, 3]: no values\n[]');
    expect(await textOf(tf.ones([1, 2]))).toBe('float32 [1, 2]: all 1\n[[1, 1]]');
  });

  it('of integers, booleans or strings prints these', async () => {
    expect(await textOf(tf.tensor1d([7, -70], 'int32'))).toBe(
      'int32 [2]: -70 to 7, mean -31.5\npicture: [:]\nscale: blue -70, white 0, orange 70\n[  7, -70]',
    );
    expect(await textOf(tf.tensor1d([true, false, true], 'bool'))).toBe(
      'bool [3]: 2 true, 1 false\npicture: [:]\nscale: dark false, light true\n[ true, false,  true]',
    );
    expect(await textOf(tf.tensor1d(['a', 'b\nc']))).toBe("string [2]\n['a'   , 'b\\nc']");
  });

  it('of complex numbers prints these, and is drawn by their magnitude', async ({ skip }) => {
    skip(!tf.getKernel('Complex', tf.getBackend()), 'the backend has none');
    expect(await textOf(tf.complex([3, 0], [-4, 1]))).toBe(
      'complex64 [2]: magnitude 1 to 5, mean 3\npicture: [:]\nscale: dark 1, light 5\n[ 3-4i,  0+1i]',
    );
  });

  it('leaves out the middle of what is large', async () => {
    expect((await textOf(tf.range(0, 1001))).split('\n').at(-1)).toBe('[   0,    1,    2, ...,  998,  999, 1000]');
    const lines = (await textOf(values(100, 100))).split('\n').slice(3);
    expect(lines).toHaveLength(7);
    expect([lines[0], lines[3], lines[6]]).toEqual([
      '[[   0,    1,    2, ...,   97,   98,   99],',
      ' ...,',
      ' [9900, 9901, 9902, ..., 9997, 9998, 9999]]',
    ]);
  });

  it('says which part of it is drawn: heads of the first image, images, channels, filters', async () => {
    expect(await wordsOf(values(2, 3, 5, 5))).toBe('picture: [0, i, :, :], i from 0 to 2, side by side; scale: dark 0, light 149');
    expect(await wordsOf(values(9, 6, 6, 1))).toBe('picture: [i, :, :, 0], i from 0 to 7 (of 9), side by side; scale: dark 0, light 323');
    expect(await wordsOf(tf.div(values(2, 6, 6, 3), 215))).toBe(
      'picture: [i, :, :, :], i from 0 to 1, side by side; scale: red, green and blue from 0 to 1',
    );
    expect(await wordsOf(values(1, 4, 4, 6))).toBe('picture: [0, :, :, i], i from 0 to 5, side by side; scale: dark 0, light 95');
    expect(await wordsOf(values(3, 3, 2, 4))).toBe('picture: [:, :, 0, i], i from 0 to 3, side by side; scale: dark 0, light 71');
    expect(await wordsOf(values(2, 3, 4))).toBe('picture: [i, :, :], i from 0 to 1, side by side; scale: dark 0, light 23');
    expect(await wordsOf(values(400, 2))).toBe('picture: [:, :], 1 row in 3; scale: dark 0, light 799');
  });

  it('has its panels one value apart, with nothing between them', async () => {
    const { png, metadata } = await bundleOf(values(2, 2, 2)); // 0 to 3 and 4 to 7: five cells wide, sixteen pixels each
    expect(metadata).toEqual({ 'image/png': { width: 80, height: 32 } });
    expect([0, 40, 48].map((x) => pixel(png!, x, 0)[3])).toEqual([255, 0, 255]);
    expect([pixel(png!, 0, 0), pixel(png!, 79, 31)]).toEqual([[0, 32, 81, 255], [252, 230, 71, 255]]); // biome-ignore format: two colours
  });

  it('is drawn the same, byte for byte, each time, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const make = (): tf.Tensor => tf.keep(tf.randomNormal([2, 4, 16, 16], 0, 1, 'float32', 7));
    const [a, b] = [make(), make()];
    expect(JSON.stringify(await resultBundle(a))).toBe(JSON.stringify(await resultBundle(b)));
    tf.dispose([a, b]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('of more than 16 million values is described by as many of them, from its first to its last', async () => {
    const size = 2 ** 24 + 2 ** 20;
    const text = await textOf(tf.cast(tf.greater(tf.range(0, size, 1, 'int32'), size - 3), 'int32'));
    expect(text.split('\n')[0]).toBe(
      `int32 [${size}]: 0 to 1, mean ${Number((2 / 2 ** 24).toPrecision(5))}, by 16777216 values evenly spread over the ${size}`,
    );
  });

  it('that is a variable says its name, one that was disposed that its values are gone', async () => {
    const named = tf.variable(tf.tensor1d([5, 5]), true, 'dense/kernel');
    expect(await textOf(named)).toBe("variable 'dense/kernel', float32 [2]: all 5\n[5, 5]");
    named.dispose();
    expect(await textOf(named)).toBe('float32 [2], disposed: its values are gone; `keep` them, or return them from the tidy');
  });

  it('that is none yet says so', async () => {
    expect(await textOf({ shape: [null, 3], dtype: 'float32', name: 'input1', sourceLayer: {} })).toBe(
      "symbolic float32 [?, 3] 'input1': it has values once its model is called",
    );
  });
});

describe('parameters as the value of a cell', () => {
  it('print as a tree with shapes and counts; running statistics are counted apart', async () => {
    const params = { conv: { weight: tf.ones([3, 3, 1, 8]) }, norms: [{ scale: tf.ones([8]), running: { mean: tf.zeros([8]) } }] };
    expect(await textOf(params)).toBe(
      [
        '3 tensors, 80 parameters, 8 running statistics, 352 bytes',
        'conv',
        '  weight    float32 [3, 3, 1, 8]  72',
        'norms',
        '  0',
        '    scale   float32 [8]            8',
        '    running',
        '      mean  float32 [8]            8',
      ].join('\n'),
    );
  });

  it('beside other things print with these on one line each', async () => {
    const step: Record<string, unknown> = {
      loss: 0.5,
      logits: tf.zeros([2, 3]),
      labels: [1, 0],
      map: new Map([['a', tf.zeros([4], 'int32')]]),
    };
    step.self = step;
    expect(await textOf(step)).toBe(
      [
        '2 tensors, 10 values, 40 bytes',
        'loss    0.5',
        'logits  float32 [2, 3]  6',
        'labels  [ 1, 0 ]',
        'map',
        "  'a'   int32 [4]       4",
        'self    [Circular]',
      ].join('\n'),
    );
  });

  it('of many layers end with how many lines are left out', async () => {
    const lines = (await textOf(Array.from({ length: 70 }, () => tf.zeros([1])))).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([62, 'and 10 more lines']);
  });
});

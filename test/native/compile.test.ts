import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../../lib/native/compile';
import { CompileError } from '../../lib/native/compileError';
import { record } from '../../lib/native/recorder';
import type { Compiled } from '../../lib/tensor/compiler';
import type { Tree } from '../../lib/tensor/tree';

const native = process.env['FOVEA_BACKEND'] !== 'wasm';
const device = (): NodeJSKernelBackend => tf.backend() as NodeJSKernelBackend;
const values = (x: Tensor): number[] => [...x.dataSync()];

// every program made in a test is freed after it
const open: (() => void)[] = [];
const compiled = <Trees extends readonly Tree[], R extends Tree>(
  f: (...trees: Trees) => R,
  programs = 8,
  constants = 0,
): Compiled<Trees, R> => {
  const made = compile(f, { programs, constants });
  open.push(made.dispose);
  return made;
};
afterEach(() => {
  for (const dispose of open.splice(0)) dispose();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const attempt = (body: () => unknown): string => {
  try {
    return String(body());
  } catch {
    return 'caught';
  }
};

function errorOf(body: () => unknown): CompileError {
  try {
    body();
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error('expected an error, got none');
}

describe.runIf(native)('compile', () => {
  it('returns what the function returns: lists, records, text, nothing, and an input handed through', () => {
    const f = compiled((x: Tensor, { factor }: { factor: Tensor }) => ({ product: [tf.mul(x, factor)], axes: 'b', none: undefined, x }));
    const result = f(tf.tensor1d([1, 2, 3]), { factor: tf.scalar(2) });
    expect(values(result.product[0]!)).toEqual([2, 4, 6]);
    expect([result.axes, result.none, values(result.x)]).toEqual(['b', undefined, [1, 2, 3]]);
  });

  it('keeps two inputs apart that were one tensor in the first call', () => {
    const f = compiled((a: Tensor, b: Tensor) => tf.sub(a, b));
    const one = tf.scalar(1);
    expect(values(f(one, one))).toEqual([0]);
    expect(values(f(tf.scalar(5), one))).toEqual([4]);
  });

  it('calls the function twice for each set of shapes and never again', () => {
    const f = vi.fn((x: Tensor): Tensor => tf.square(x));
    const g = compiled(f);
    for (const x of [2, 3, 4]) expect(values(g(tf.scalar(x)))).toEqual([x * x]);
    expect(values(g(tf.tensor1d([2, 3])))).toEqual([4, 9]);
    expect(f).toHaveBeenCalledTimes(4);
  });

  it('computes nothing while it records: 40 GB of a product are but a shape', () => {
    const { nodes, made } = record([tf.ones([100_000, 1])], ([x]) => tf.sum(tf.matMul(x!, x!, false, true)));
    expect(nodes.map(({ op }) => op)).toEqual(['Placeholder', 'BatchMatMulV2', 'Const', 'Sum', 'Identity']);
    expect(made[1]).toEqual([[1, [100_000, 100_000]]]);
  });

  it('records the same where shapes cannot be inferred and the operations run', () => {
    const f = ([x]: readonly Tensor[]): Tensor[] => tf.split(tf.concat([tf.relu(x!), tf.zeros([2, 600])], 1), 2, 1);
    const inferred = record([tf.ones([2, 600])], f);
    vi.stubEnv('FOVEA_GRAPH', 'off');
    const computed = record([tf.ones([2, 600])], f);
    expect(computed.made).toEqual([]);
    expect(computed.nodes).toEqual(inferred.nodes);
    expect(record([tf.ones([2, 600])], f, computed).nodes).toEqual(inferred.nodes);
  });

  it('stores many equal numbers as one and equal constants once', () => {
    const { nodes } = record([tf.ones([30, 30])], ([x]) => tf.add(tf.mul(x!, tf.scalar(3)), tf.mul(tf.zeros([30, 30]), tf.scalar(3))));
    const bytes = nodes.map(({ attrs }) => (attrs['value']?.kind === 'tensor' ? attrs['value'].bytes.length : 0));
    expect(bytes.filter((length) => length > 0)).toEqual([4, 8, 4]); // three, the size 30 x 30, zero
  });

  it('becomes part of the compiled function that calls it', () => {
    const inner = compiled((x: Tensor) => tf.square(x));
    const outer = compiled((x: Tensor) => tf.add(inner(x), tf.scalar(1)));
    const before = device().getNumOfSavedModels();
    expect(values(outer(tf.scalar(3)))).toEqual([10]);
    expect(device().getNumOfSavedModels()).toBe(before + 1);
  });

  it('is differentiated as the function itself: d x^3 / d x = 12 at 2', () => {
    const cube = compiled((x: Tensor) => tf.pow(x, tf.scalar(3, 'int32')));
    expect(values(tf.grad((x) => cube(x))(tf.scalar(2)))).toEqual([12]);
  });

  it('keeps the bits of a division by a constant', () => {
    const f = (x: Tensor): Tensor => tf.div(x, tf.scalar(3));
    const x = tf.linspace(0.1, 7, 1000);
    expect(values(compiled(f)(x))).toEqual(values(f(x)));
  });

  it('leaves no tensor behind, neither of tfjs nor of TensorFlow', () => {
    const f = compiled((x: Tensor) => ({ y: tf.relu(tf.add(x, tf.zeros([500]))), x }));
    const count = (): number[] => [tf.memory().numTensors, device().numDataIds(), device().getNumOfTFTensors()];
    const x = tf.tensor1d(new Float32Array(500));
    tf.dispose(f(x));
    const before = count();
    for (let step = 0; step < 20; step++) tf.dispose(f(x));
    expect(count()).toEqual(before);
  });

  it('says when a program is dropped, the one not used for longest, and makes it again when it is wanted', () => {
    const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const f = vi.fn((x: Tensor): Tensor => tf.neg(x));
    const g = compiled(f, 2);
    const before = device().getNumOfSavedModels();
    for (const size of [1, 2, 1, 3]) g(tf.ones([size]));
    expect(said).toHaveBeenCalledExactlyOnceWith(
      'compile: Mock was called with more than 2 sets of shapes or constants; the program for ["float32[2]"] is dropped',
    );
    expect(device().getNumOfSavedModels()).toBe(before + 2);
    g(tf.ones([1]));
    expect(f).toHaveBeenCalledTimes(6);
    g(tf.ones([2]));
    expect(f).toHaveBeenCalledTimes(8);
  });

  it('frees its programs on dispose and works on', () => {
    const before = device().getNumOfSavedModels();
    const f = compiled((x: Tensor) => tf.neg(x));
    f(tf.scalar(1));
    f.dispose();
    expect(device().getNumOfSavedModels()).toBe(before);
    expect(values(f(tf.scalar(2)))).toEqual([-2]);
  });

  it('makes constants of the first arguments, and another program for others', () => {
    const f = vi.fn(({ w }: { w: Tensor }, x: Tensor): Tensor => tf.mul(w, x));
    const g = compiled(f, 8, 1);
    const [two, three] = [{ w: tf.scalar(2) }, { w: tf.scalar(3) }];
    expect([two, two, three, two].map((params, index) => values(g(params, tf.scalar(index)))[0])).toEqual([0, 2, 6, 6]);
    expect(f).toHaveBeenCalledTimes(4);
  });

  it('refuses a number of programs that is none', () => {
    expect(() => compile((x: Tensor) => x, { programs: 0 })).toThrow('compile: expected programs to be a whole number from 1, got 0');
  });
});

describe.runIf(native)('compile refuses', () => {
  const outside = (): Tensor => tf.tensor1d([1, 2, 3]);
  const captured = { tensor: undefined as unknown as Tensor, kept: undefined as Tensor | undefined, count: 0 };
  const keeping = (x: Tensor): Tensor => {
    captured.kept = tf.keep(tf.neg(x));
    return x;
  };
  const cases: readonly [what: string, f: (x: Tensor) => Tree, call: string | undefined, message: string][] = [
    [
      'a value read by dataSync',
      (x) => tf.mul(x, x.dataSync()[0]!),
      'dataSync',
      'expected no value to be read to JavaScript inside the function',
    ],
    ['a value read by array', (x) => [x.array(), x] as never, 'array', 'expected no value to be read'],
    ['a value read in vain', (x) => [attempt(() => x.dataSync()), x], 'dataSync', 'expected no value to be read'],
    [
      'a tensor made outside',
      (x) => tf.add(x, captured.tensor),
      'add',
      'expected Add to use tensors that come in or are made inside, got one of shape [3]',
    ],
    [
      'a constant that changes',
      (x) => tf.add(x, tf.scalar(Math.random())),
      'add',
      'got a constant made in JavaScript that changes from call to call',
    ],
    [
      'an operation that changes',
      (x) => (captured.count++ % 2 ? tf.sin(x) : tf.cos(x)),
      'sin',
      'got Cos, then Sin that changes from call to call',
    ],
    ['an attribute that changes', (x) => tf.sum(x, 0, captured.count++ % 2 === 0), 'sum', 'got Sum, then Sum that changes'],
    [
      'a shape that depends on values',
      (x) => tf.unique(x).values,
      'unique',
      'expected shapes that do not depend on values, got one from UniqueV2',
    ],
    ['a tensor kept beyond its end', keeping, undefined, 'expected every tensor of the function to end with it, got 1 kept'],
    [
      'a number in the result',
      (() => ({ loss: 3 })) as never,
      undefined,
      'expected a tree of tensors as the result.loss, got 3: make it a tensor',
    ],
    ['a promise', (async (x: Tensor) => x) as never, undefined, 'expected a tree of tensors as the result, got Promise'],
    ['text as a tensor', (x) => [x, tf.tensor1d(['a'])], undefined, 'expected tensors of numbers or booleans, got string'],
  ];

  it.each(cases)('%s', (_, f, call, message) => {
    captured.tensor = outside();
    captured.count = 0;
    const before = device().getNumOfSavedModels();
    const error = errorOf(() => compile(f)(tf.tensor1d([1, 2, 2])));
    expect(error.message).toContain(message);
    if (call) {
      expect(error.call).toBe(call);
      expect(error.line).toMatch(/compile\.test\.ts:\d+:\d+$/);
      expect(error.message.endsWith(`(${call} at ${error.line})`)).toBe(true);
    }
    captured.kept?.dispose();
    expect(values(tf.neg(tf.scalar(1)))).toEqual([-1]); // the backend computes again
    expect(device().getNumOfSavedModels()).toBe(before);
  });

  it('numbers, disposed tensors and nothing as arguments', () => {
    const f = compile(({ rate }: { rate: Tensor }) => tf.neg(rate));
    expect(errorOf(() => f({ rate: 0.1 as never })).message).toContain(
      'expected a tree of tensors as argument 0.rate, got 0.1: make it a tensor',
    );
    expect(errorOf(() => f({ rate: null as never })).message).toContain('expected a tree of tensors as argument 0.rate, got null');
    const gone: Scalar = tf.scalar(1);
    gone.dispose();
    expect(errorOf(() => f({ rate: gone })).message).toContain('argument 0.rate, got one that is disposed');
  });
});

/**
 * Random numbers without hidden state: what is drawn depends on seed and path (and step) only, never on what was drawn
 * before, so that another mechanism in a slot leaves every other initial weight and mask as it was.
 *
 * InitRandom draws in JavaScript, once; StepRandom draws in the backend, keyed by tensors, so that a recorded step
 * never freezes a mask. Bits of masks may differ between backends.
 */
import type { Rank, Scalar, ShapeMap, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type InitRandom = { readonly seed: number; readonly path: string };
/** Two int32 scalars. */
export type StepRandom = { readonly seed: Scalar; readonly step: Scalar };

export function initRandom(seed: number): InitRandom {
  if (!Number.isInteger(seed)) throw new Error(`initRandom: expected a whole number as seed, got ${seed}`);
  return { seed, path: '' };
}

/** Numbers in [0, 1) with 24 bits, exact in float32; the n-th is a function of seed, path and n alone. Seed 0 is valid. */
export function stream(seed: number, path: string): () => number {
  const key = mix(mix(seed) ^ hash(path));
  let index = 0;
  return () => (mix(key + Math.imul(++index, 0x9e3779b9)) >>> 8) / 2 ** 24;
}

/** Normal with mean 0 and the given deviation (Box and Muller 1958). */
export function normal<R extends Rank>(random: InitRandom, shape: ShapeMap[R], deviation: number): Tensor<R> {
  const next = stream(random.seed, random.path);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => deviation * gauss());
  return tf.tensor<R>(values, shape);
}

/** Uniform in [0, 1) for one step; the kernel is ours, so that each backend can bring its own generator. */
export function uniform<R extends Rank>(random: StepRandom, path: string, shape: ShapeMap[R]): Tensor<R> {
  const key = tf.stack([tf.add(random.seed, tf.scalar(hash(path), 'int32')), random.step]);
  return tf.engine().runKernel(UNIFORM, { key }, { shape }) as Tensor<R>;
}

export const UNIFORM: string = 'FoveaStatelessUniform';

// Backends without a stateless generator hash (key, index) in JavaScript; reading two integers is free on cpu and wasm.
const uniformInJavaScript = ({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo => {
  const device = backend as tf.KernelBackend;
  const shape = (attrs as unknown as { shape: number[] }).shape;
  const [seed = 0, step = 0] = device.readSync(inputs['key']!.dataId) as Int32Array;
  const next = stream(mix(seed) + step, UNIFORM);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, next);
  return { dataId: device.write(values, shape, 'float32'), shape, dtype: 'float32' };
};
for (const backendName of ['cpu', 'wasm']) {
  if (!tf.getKernel(UNIFORM, backendName)) tf.registerKernel({ kernelName: UNIFORM, backendName, kernelFunc: uniformInJavaScript });
}

/** FNV-1a: text to an int32. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const letter of text) h = Math.imul(h ^ letter.codePointAt(0)!, 0x01000193);
  return h | 0;
}

/** The finaliser of murmur3: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

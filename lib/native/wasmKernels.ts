/**
 * Kernels that tfjs on WebAssembly lacks for training, under tfjs's own names, so that stock layers train too; and what
 * mends those that hide that a training went wrong: stock relu turns a negative NaN (0 / 0 gives one) into 0.
 */
import type { DataTypeMap, KernelBackend, KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Convolution, plainFilterGradient, plainInputGradient } from '../tensor/ops/convolutionPlain';
import { einsum } from '../tensor/ops/einsum';
import { type Padding, type Pair, two, windowOver } from '../tensor/ops/padding';

type Call = { inputs: Record<string, Tensor>; attrs: Record<string, unknown>; backend: Heap };
/** The backend's memory, seen without a copy; whatever makes an output may move it. */
type Heap = KernelBackend & {
  makeOutput: (shape: readonly number[], dtype: keyof DataTypeMap) => TensorInfo;
  typedArrayFromHeap: (info: TensorInfo) => Float32Array | Int32Array;
};
type Four = [number, number, number, number];
const kernel =
  (body: (call: Call) => TensorInfo): KernelFunc =>
  (call) =>
    body(call as unknown as Call);

export const wasmKernels: { readonly [kernelName: string]: KernelFunc } = {
  Conv2DBackpropFilter: kernel(({ inputs: { x, dy }, attrs }) =>
    tf.tidy(() => plainFilterGradient(x!, dy!, convolution(x!.shape, attrs['filterShape'] as Four, attrs, 1))),
  ),
  DepthwiseConv2dNativeBackpropFilter: kernel(({ inputs: { x, dy }, attrs }) =>
    tf.tidy(() => {
      const filter = attrs['filterShape'] as Four;
      return tf.reshape(plainFilterGradient(x!, dy!, convolution(x!.shape, filter, attrs, x!.shape[3]!)), filter);
    }),
  ),
  DepthwiseConv2dNativeBackpropInput: kernel(({ inputs: { dy, filter }, attrs }) =>
    tf.tidy(() => {
      const [kh, kw, from, multiplier] = filter!.shape as Four;
      const weights = tf.reshape(filter!, [kh, kw, 1, from * multiplier]);
      return plainInputGradient(dy!, weights, convolution(attrs['inputShape'] as Four, filter!.shape, attrs, from));
    }),
  ),
  Einsum: kernel(({ inputs, attrs }) => tf.tidy(() => einsum(attrs['equation'] as string, ...Object.values(inputs)))),
  UnsortedSegmentSum: kernel(segmentSum),
};

/** The window of a stock convolution from its attributes. */
function convolution(image: readonly number[], filter: readonly number[], attrs: Record<string, unknown>, groups: number): Convolution {
  const {
    strides,
    dilations = 1,
    pad,
    dimRoundingMode,
  } = attrs as { strides: Pair; dilations?: Pair; pad: unknown; dimRoundingMode?: string };
  if (dimRoundingMode && dimRoundingMode !== 'floor')
    throw new Error(`wasm: expected a convolution that rounds its size down, got dimRoundingMode ${dimRoundingMode}`);
  const padding = Array.isArray(pad) ? (pad.slice(1, 3) as unknown as Padding) : (pad as Padding);
  const window = { kernel: [filter[0]!, filter[1]!] as const, stride: two(strides), dilation: two(dilations), padding };
  return { ...windowOver('wasm', [image[1]!, image[2]!], window), groups };
}

/** Rows with a negative number are left out, as in TensorFlow. */
function segmentSum({ inputs: { x, segmentIds }, attrs, backend }: Call): TensorInfo {
  const count = attrs['numSegments'] as number;
  const [rows = 0, ...rest] = x!.shape;
  const width = tf.util.sizeFromShape(rest);
  const out = backend.makeOutput([count, ...rest], x!.dtype);
  const [values, ids, sums] = [x!, segmentIds!, out].map((info) => backend.typedArrayFromHeap(info)) as [
    Float32Array,
    Int32Array,
    Float32Array,
  ];
  sums.fill(0);
  for (let row = 0; row < rows; row += 1) {
    const segment = ids[row]!;
    if (segment >= count) throw new Error(`unsortedSegmentSum: expected numbers below ${count}, got ${segment}`);
    if (segment >= 0) for (let i = 0; i < width; i += 1) sums[segment * width + i]! += values[row * width + i]!;
  }
  return out;
}

/** Those of the stock kernels that turn some NaN into a number. */
export const losingNaN = ['Relu', 'Relu6', 'ClipByValue'] as const;

/** The kernel with a NaN for each NaN of its input, found on the bits. */
export const keepingNaN = (stock: KernelFunc): KernelFunc =>
  kernel((call) => {
    const out = stock(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
    const x = call.inputs['x']!;
    if (x.dtype !== 'float32') return out;
    const { buffer, byteOffset, length } = call.backend.typedArrayFromHeap(x);
    const bits = new Int32Array(buffer, byteOffset, length);
    const to = call.backend.typedArrayFromHeap(out);
    for (let i = 0; i < length; i += 1) if ((bits[i]! & 0x7fffffff) > 0x7f800000) to[i] = Number.NaN;
    return out;
  });

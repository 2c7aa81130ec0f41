/** Every kernel of tfjs-node: a compiled function gives the bits that eager execution gives, or says why it cannot. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/native/compile';
import { stream } from '../../lib/tensor/random';

type Inputs = Readonly<Record<string, Tensor>>;
type Call = readonly [kernel: string, inputs: Inputs | readonly Tensor[], attributes?: object | undefined];

/** Numbers between 0 and 1. */
function numbers(...shape: number[]): Tensor {
  const next = stream(5, shape.join());
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, next), shape);
}
const whole = (...values: number[]): Tensor => tf.tensor1d(values, 'int32');
const yes = (...values: number[]): Tensor => tf.tensor1d(values, 'bool');
const complex = (...shape: number[]): Tensor => tf.complex(numbers(...shape), tf.neg(numbers(...shape)));

const UNARY =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor Identity IsFinite IsInf IsNan Log Log1p Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus Sqrt Square Step Tan Tanh ZerosLike';
const BINARY =
  'Add Atan2 Equal FloorDiv Greater GreaterEqual Less LessEqual Maximum Minimum Mod Multiply NotEqual Pow RealDiv SquaredDifference Sub';
const pool = { filterSize: 2, strides: 1, pad: 'valid' };
const pool3d = { filterSize: [2, 2, 2], strides: [1, 1, 1], pad: 'valid', dataFormat: 'NDHWC' };
const conv = { strides: [2, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
const conv3d = { strides: [1, 1, 1], pad: 'valid' };
const image = (): Tensor => numbers(2, 5, 4, 3);
const volume = (): Tensor => numbers(1, 3, 4, 3, 2);

const calls = (): Call[] => [
  ...UNARY.split(' ').map((name): Call => [name, { x: numbers(2, 3) }, { alpha: 0.5 }]),
  ...BINARY.split(' ').map((name): Call => [name, { a: numbers(2, 3), b: numbers(3) }]),
  ...['All', 'Any'].map((name): Call => [name, { x: yes(1, 0, 1) }, { axis: 0, keepDims: true }]),
  ...['ArgMax', 'ArgMin'].map((name): Call => [name, { x: numbers(3, 5) }, { axis: 1 }]),
  ...['Sum', 'Prod', 'Mean'].map((name): Call => [name, { x: numbers(3, 5) }, { axis: [0], keepDims: true }]),
  ...['Max', 'Min'].map((name): Call => [name, { x: numbers(3, 5) }, { reductionIndices: [1], axis: [1], keepDims: false }]),
  ...['Cumsum', 'Cumprod'].map((name): Call => [name, { x: numbers(3, 5) }, { axis: 1, exclusive: true, reverse: true }]),
  ...['LogicalAnd', 'LogicalOr'].map((name): Call => [name, { a: yes(1, 0, 1), b: yes(1, 1, 0) }]),
  ...['FFT', 'IFFT'].map((name): Call => [name, { input: complex(2, 4) }]),
  ...['Real', 'Imag'].map((name): Call => [name, { input: complex(2, 4) }]),
  ['AddN', [numbers(2, 3), numbers(2, 3), numbers(2, 3)]],
  ['AvgPool', { x: image() }, pool],
  ['AvgPoolGrad', { dy: numbers(2, 4, 3, 3), input: image() }, pool],
  ['AvgPool3D', { x: volume() }, pool3d],
  ['AvgPool3DGrad', { dy: numbers(1, 2, 3, 2, 2), input: volume() }, pool3d],
  ['BatchMatMul', { a: numbers(2, 3, 5), b: numbers(2, 7, 5) }, { transposeA: false, transposeB: true }],
  ['BatchToSpaceND', { x: numbers(4, 2, 2, 3) }, { blockShape: [2, 2], crops: [[0, 1], [0, 0]] }], // biome-ignore format: one line a call
  ['Bincount', { x: whole(0, 2, 2), weights: numbers(3) }, { size: 4 }],
  ['BroadcastArgs', { s0: whole(2, 1), s1: whole(1, 3) }],
  ['Cast', { x: numbers(2, 3) }, { dtype: 'int32' }],
  ['ClipByValue', { x: numbers(2, 3) }, { clipValueMin: 0.2, clipValueMax: 0.6 }],
  ['Complex', { real: numbers(2, 3), imag: numbers(2, 3) }],
  ['ComplexAbs', { x: complex(2, 3) }],
  ['Concat', [numbers(2, 3), numbers(2, 5)], { axis: 1 }],
  ['Conv2D', { x: image(), filter: numbers(3, 3, 3, 2) }, conv],
  ['Conv2DBackpropFilter', { x: image(), dy: numbers(2, 3, 4, 2) }, { ...conv, filterShape: [3, 3, 3, 2] }],
  ['Conv2DBackpropInput', { dy: numbers(2, 3, 4, 2), filter: numbers(3, 3, 3, 2) }, { ...conv, inputShape: [2, 5, 4, 3] }],
  ['Conv3D', { x: volume(), filter: numbers(2, 2, 2, 2, 3) }, { ...conv3d, dataFormat: 'NDHWC', dilations: [1, 1, 1] }],
  ['Conv3DBackpropFilterV2', { x: volume(), dy: numbers(1, 2, 3, 2, 3) }, { ...conv3d, filterShape: [2, 2, 2, 2, 3] }],
  ['Conv3DBackpropInputV2', { dy: numbers(1, 2, 3, 2, 3), filter: numbers(2, 2, 2, 2, 3) }, { ...conv3d, inputShape: [1, 3, 4, 3, 2] }],
  [
    'CropAndResize',
    { image: image(), boxes: numbers(2, 4), boxInd: whole(0, 1) },
    { cropSize: [3, 3], method: 'bilinear', extrapolationValue: 0 },
  ],
  ['DepthToSpace', { x: numbers(1, 2, 2, 4) }, { blockSize: 2, dataFormat: 'NHWC' }],
  ['DepthwiseConv2dNative', { x: image(), filter: numbers(3, 3, 3, 2) }, { ...conv, strides: [1, 1] }],
  ['DepthwiseConv2dNativeBackpropFilter', { x: image(), dy: numbers(2, 5, 4, 6) }, { ...conv, strides: [1, 1], filterShape: [3, 3, 3, 2] }],
  [
    'DepthwiseConv2dNativeBackpropInput',
    { dy: numbers(2, 5, 4, 6), filter: numbers(3, 3, 3, 2) },
    { ...conv, strides: [1, 1], inputShape: [2, 5, 4, 3] },
  ],
  ['Diag', { x: numbers(3) }],
  ['Dilation2D', { x: image(), filter: numbers(3, 3, 3) }, { ...conv, strides: [1, 1] }],
  ['Dilation2DBackpropFilter', { x: image(), filter: numbers(3, 3, 3), dy: image() }, { ...conv, strides: [1, 1] }],
  ['Dilation2DBackpropInput', { x: image(), filter: numbers(3, 3, 3), dy: image() }, { ...conv, strides: [1, 1] }],
  ['Einsum', [numbers(2, 3), numbers(3, 5)], { equation: 'ij,jk->ik' }],
  ['EluGrad', { dy: numbers(2, 3), y: numbers(2, 3) }],
  ['ExpandDims', { input: numbers(2, 3) }, { dim: 1 }],
  ['ExpandDims', { input: whole(2, 3) }, { dim: 0 }],
  ['Fill', {}, { shape: [2, 3], value: 0.5, dtype: 'float32' }],
  ['FlipLeftRight', { image: image() }],
  [
    'FusedBatchNorm',
    { x: image(), mean: numbers(3), variance: numbers(3), offset: numbers(3), scale: numbers(3) },
    { varianceEpsilon: 0.1 },
  ],
  ['FusedConv2D', { x: image(), filter: numbers(3, 3, 3, 2), bias: numbers(2) }, { ...conv, activation: 'relu' }],
  ['FusedDepthwiseConv2D', { x: image(), filter: numbers(3, 3, 3, 2), bias: numbers(6) }, { ...conv, strides: [1, 1], activation: 'relu' }],
  ['GatherNd', { params: numbers(2, 3), indices: tf.tensor2d([[0, 1], [1, 2]], [2, 2], 'int32') }], // biome-ignore format: one line a call
  ['GatherV2', { x: numbers(2, 3), indices: whole(2, 0) }, { axis: 1, batchDims: 0 }],
  ['LRN', { x: image() }, { depthRadius: 1, bias: 1, alpha: 0.5, beta: 0.75 }],
  ['LRNGrad', { x: image(), y: image(), dy: image() }, { depthRadius: 1, bias: 1, alpha: 0.5, beta: 0.75 }],
  ['LeakyRelu', { x: tf.sub(numbers(2, 3), 0.5) }, { alpha: 0.1 }],
  ['LinSpace', {}, { start: 0, stop: 1, num: 5 }],
  ['LogicalNot', { x: yes(1, 0) }],
  ['MaxPool', { x: image() }, pool],
  ['MaxPoolGrad', { dy: numbers(2, 4, 3, 3), input: image(), output: tf.maxPool(image() as tf.Tensor4D, 2, 1, 'valid') }, pool],
  ['MaxPool3D', { x: volume() }, pool3d],
  ['MaxPool3DGrad', { dy: numbers(1, 2, 3, 2, 2), input: volume(), output: tf.maxPool3d(volume() as tf.Tensor5D, 2, 1, 'valid') }, pool3d],
  ['MirrorPad', { x: numbers(2, 3) }, { paddings: [[1, 0], [0, 2]], mode: 'reflect' }], // biome-ignore format: one line a call
  ['Multinomial', { logits: numbers(2, 3) }, { numSamples: 4, seed: 7, normalized: false }],
  ['OneHot', { indices: whole(0, 2) }, { depth: 3, onValue: 1, offValue: 0, dtype: 'float32' }],
  ['Pack', [numbers(2, 3), numbers(2, 3)], { axis: 1 }],
  ['PadV2', { x: numbers(2, 3) }, { paddings: [[1, 0], [0, 2]], constantValue: 0.5 }], // biome-ignore format: one line a call
  ['Prelu', { x: tf.sub(numbers(2, 3), 0.5), alpha: numbers(3) }],
  ['Range', {}, { start: 0, stop: 5, step: 2, dtype: 'float32' }],
  ['Reshape', { x: numbers(2, 3) }, { shape: [3, 2] }],
  ['ResizeBilinear', { images: image() }, { size: [7, 3], alignCorners: false, halfPixelCenters: true }],
  ['ResizeBilinearGrad', { images: image(), dy: numbers(2, 7, 3, 3) }, { alignCorners: false }],
  ['ResizeNearestNeighbor', { images: image() }, { size: [7, 3], alignCorners: false, halfPixelCenters: false }],
  ['ResizeNearestNeighborGrad', { images: image(), dy: numbers(2, 7, 3, 3) }, { alignCorners: false }],
  ['Reverse', { x: numbers(2, 3) }, { dims: [1] }],
  ['ScatterNd', { indices: tf.tensor2d([[1], [3]], [2, 1], 'int32'), updates: numbers(2) }, { shape: [5] }],
  ['Select', { condition: yes(1, 0, 1), t: numbers(3), e: tf.neg(numbers(3)) }],
  ['Slice', { x: numbers(3, 5) }, { begin: [1, 0], size: [2, 3] }],
  ['SpaceToBatchND', { x: numbers(1, 3, 4, 3) }, { blockShape: [2, 2], paddings: [[0, 1], [0, 0]] }], // biome-ignore format: one line a call
  ['SparseToDense', { sparseIndices: whole(1, 3), sparseValues: numbers(2), defaultValue: tf.scalar(0) }, { outputShape: [5] }],
  ['SplitV', { x: numbers(2, 5) }, { numOrSizeSplits: [2, 3], axis: 1 }],
  [
    'StridedSlice',
    { x: numbers(3, 5) },
    { begin: [0, 1], end: [3, 5], strides: [1, 2], beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 },
  ],
  ['TensorScatterUpdate', { tensor: numbers(5), indices: tf.tensor2d([[1], [3]], [2, 1], 'int32'), updates: numbers(2) }],
  ['Tile', { x: numbers(2, 3) }, { reps: [2, 1] }],
  ['TopK', { x: numbers(2, 5) }, { k: 2, sorted: true }],
  ['Transpose', { x: numbers(2, 3, 5) }, { perm: [2, 0, 1] }],
  ['Unpack', { value: numbers(2, 3) }, { axis: 0 }],
  ['UnsortedSegmentSum', { x: numbers(3, 2), segmentIds: whole(0, 1, 0) }, { numSegments: 2 }],
  ['_FusedMatMul', { a: numbers(2, 3), b: numbers(3, 5), bias: numbers(5) }, { transposeA: false, transposeB: false, activation: 'relu' }],
];

const boxes = { boxes: (): Tensor => numbers(3, 4), scores: (): Tensor => numbers(3) };
const refused = (): Call[] => [
  ['NonMaxSuppressionV3', { boxes: boxes.boxes(), scores: boxes.scores() }, { maxOutputSize: 2, iouThreshold: 0.5, scoreThreshold: 0 }],
  [
    'NonMaxSuppressionV5',
    { boxes: boxes.boxes(), scores: boxes.scores() },
    { maxOutputSize: 2, iouThreshold: 0.5, scoreThreshold: 0, softNmsSigma: 0 },
  ],
  ['Unique', { x: whole(1, 2, 1) }, { axis: 0 }],
];

const softmax = (): Call => ['Softmax', { logits: numbers(3, 5) }, { dim: -1 }];

const run = ([kernel, inputs, attributes = {}]: Call): Tensor[] => {
  const out = tf.engine().runKernel(kernel, inputs as unknown as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as Tensor | Tensor[];
  return Array.isArray(out) ? out : [out];
};
const compiled = ([kernel, inputs, attributes]: Call): Tensor[] => {
  const f = compile((given: Inputs | readonly Tensor[]) => run([kernel, given, attributes]));
  try {
    return f(inputs);
  } finally {
    f.dispose();
  }
};
const read = (tensors: readonly Tensor[]): unknown =>
  tensors.map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] }));

const found = (body: () => Tensor[]): unknown => {
  try {
    return read(body());
  } catch (error) {
    return `${error}`;
  }
};

describe.runIf(process.env['FOVEA_BACKEND'] !== 'wasm')('a compiled kernel of tfjs-node', () => {
  it('is one of all there are', () => {
    const all = tf.getKernelsForBackend('tensorflow').map(({ kernelName }) => kernelName);
    const here = new Set([...calls(), softmax(), ...refused()].map(([kernel]) => kernel));
    const others = ['NonMaxSuppressionV4', 'StaticRegexReplace']; // as V3 with padding; of text
    expect(all.filter((name) => !/^Fovea/.test(name) && !here.has(name) && !others.includes(name))).toEqual([]);
  });

  it('gives the bits of eager execution', () => {
    const eager = calls().map((call) => [call[0], found(() => run(call))]);
    expect(eager.filter(([, result]) => typeof result === 'string')).toEqual([]);
    expect(calls().map((call) => [call[0], found(() => compiled(call))])).toEqual(eager);
  });

  it('gives those of softmax but for the last one: oneDNN has another form of it for graphs', () => {
    const [[eager], [graph]] = [run(softmax()), compiled(softmax())] as [[Tensor], [Tensor]];
    expect(tf.max(tf.abs(tf.sub(eager, graph))).dataSync()[0]).toBeLessThan(1e-7);
  });

  it('is refused where the shape of its result depends on values', () => {
    for (const call of refused())
      expect(found(() => compiled(call))).toMatch(/CompileError: compile: expected shapes that do not depend on values/);
  });
});

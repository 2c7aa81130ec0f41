/**
 * Operations whose stock tfjs form or gradient is slow, wrong or missing, one file each. Each is the plain formula, and where
 * the backend has a fused kernel, that kernel (native/operations).
 */
export * from './ops/accuracy';
export { adaptiveAveragePool, adaptiveMaxPool } from './ops/adaptivePooling';
export * from './ops/addBias';
export * from './ops/addRelu';
export * from './ops/attention';
export * from './ops/batchNormalise';
export * from './ops/broadcast';
export { type ConvolveOptions, type ConvolveTransposedOptions, convolve, convolveDepthwise, convolveTransposed } from './ops/convolution';
export * from './ops/crossEntropy';
export * from './ops/dropped';
export { einsum } from './ops/einsum';
export * from './ops/elu';
export * from './ops/gates';
export { gather, segmentSum } from './ops/gather';
export * from './ops/gelu';
export * from './ops/globalResponseNormalise';
export * from './ops/gridMean';
export { type GridSampleOptions, gridSample } from './ops/gridSample';
export * from './ops/groupNormalise';
export * from './ops/hardSigmoid';
export * from './ops/hardSwish';
export * from './ops/layerNormalise';
export * from './ops/leakyRelu';
export { logSumExp } from './ops/logSumExp';
export type { Padding, Pair } from './ops/padding';
export { type PadMode, padGrid } from './ops/padGrid';
export { type AveragePoolOptions, averagePool, type MaxPoolOptions, maxPool } from './ops/pooling';
export { maxOver, meanOver, sumOver } from './ops/reductions';
export { relu } from './ops/relu';
export { relu6 } from './ops/relu6';
export { type ResizeMode, type ResizeOptions, resize } from './ops/resize';
export * from './ops/rmsNormalise';
export * from './ops/sigmoid';
export * from './ops/silu';
export * from './ops/smoothLabels';
export { logSoftmax, maskedSoftmax, softmax } from './ops/softmax';
export * from './ops/softplus';
export * from './ops/tanh';
export * from './ops/topMask';
export { fold, type UnfoldOptions, unfold } from './ops/unfold';
export * from './ops/windows';

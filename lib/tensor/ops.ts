/**
 * Operations whose stock tfjs form or gradient is slow, wrong or missing, one file each. Each is the plain formula, and where
 * the backend has a fused kernel, that kernel (native/operations).
 */
export * from './ops/accuracy';
export * from './ops/addBias';
export * from './ops/attention';
export * from './ops/batchNormalise';
export { type ConvolveOptions, type ConvolveTransposedOptions, convolve, convolveDepthwise, convolveTransposed } from './ops/convolution';
export * from './ops/crossEntropy';
export * from './ops/dropped';
export * from './ops/gelu';
export * from './ops/gridMean';
export * from './ops/layerNormalise';
export type { Padding, Pair } from './ops/padding';
export * from './ops/relu';
export * from './ops/topMask';

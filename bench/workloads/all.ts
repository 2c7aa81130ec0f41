// The workloads: one a line.
export { accuracy } from './accuracy';
export { attention196, attention1024, attention4096 } from './attention';
export { coldStart } from './coldStart';
export { latencyResNet20, latencyVisionTransformer } from './latency';
export { pipeline } from './pipeline';
export { resNet20, resNet20Cbam, resNet20SqueezeExcite } from './resNet20';
export { soak } from './soak';
export { tiny } from './tiny';
export { visionTransformer } from './visionTransformer';

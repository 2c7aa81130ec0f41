// The map of models: one a line. An experiment names one by its kind.
export { residualNetwork } from './residualNetwork';
export { resNet } from './resNet';
export { visionTransformer } from './visionTransformer';

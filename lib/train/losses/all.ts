// The map of losses: one a line.
export { binaryCrossEntropy } from './binaryCrossEntropy';
export { focalLoss } from './focalLoss';
export { klDivergence } from './klDivergence';
export { meanSquaredError } from './meanSquaredError';
export { smoothL1 } from './smoothL1';
export { softmaxCrossEntropy } from './softmaxCrossEntropy';

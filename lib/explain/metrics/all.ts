// The metrics of maps: one a line.
export { attentionEntropy } from './attentionEntropy';
export { type CentrePriorOptions, centrePrior } from './centrePrior';
export { chanceLevel } from './chanceLevel';
export { energyInMask } from './energyInMask';
export { type AttentionMap, type Mask, positivePart } from './map';
export { pointingGame } from './pointingGame';
export { summariseWeights, type WeightsSummary } from './summariseWeights';
export { topKMass } from './topKMass';

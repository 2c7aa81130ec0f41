// The map of optimisers: one a line.
export { adagrad } from './adagrad';
export { adam } from './adam';
export { adamW } from './adamW';
export { lamb } from './lamb';
export { lion } from './lion';
export { nadam } from './nadam';
export { rmsProp } from './rmsProp';
export { sgd } from './sgd';

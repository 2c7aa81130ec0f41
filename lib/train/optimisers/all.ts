// The map of optimisers: one a line.
export { adam } from './adam';
export { rmsProp } from './rmsProp';

// The map of data sets: one a line. Kinds and their options derive from it.
export { clutteredFashion } from './clutteredFashion';
export { fashion, fashionMini } from './fashion';

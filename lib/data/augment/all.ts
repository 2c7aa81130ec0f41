// The map of augmentations: one a line. Kinds and their options derive from it.
export { type CutoutOptions, cutout } from './cutout';
export { type FlipOptions, flip } from './flip';
export { type ShiftOptions, shift } from './shift';

// The map of augmentations: one a line. Kinds and their options derive from it.
export { cutout } from './cutout';
export { flip } from './flip';
export { shift } from './shift';

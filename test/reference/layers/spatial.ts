/** Convolutions, pools, resizing, unfolding and linear layers of the reference. */
import type { Builders } from './builder';

export const spatial: Builders = {};

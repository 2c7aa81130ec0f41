/**
 * AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101): Adam whose weight decay is apart from the gradient.
 *
 *   p = p (1 - rate weightDecay), then a step of Adam with the plain gradient
 */
import { type AdamOptions, adam } from './adam';
import type { Optimiser } from './optimiser';

export type AdamWOptions = Omit<AdamOptions, 'decoupled'>;

export const adamW = ({ weightDecay = 0.01, ...options }: AdamWOptions = {}): Optimiser =>
  adam({ ...options, weightDecay, decoupled: true });

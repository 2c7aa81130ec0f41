/**
 * What a step of a workload computes, as plain data: every engine is handed the same and builds it in its own words.
 *
 *   train      a step on a batch of plain numbers: upload, loss, gradients, Adam, running averages; the loss is read
 *   infer      the logits of one image
 *   attention  softmax(q k^T / sqrt(headDim)) v and the gradients of q, k and v
 */
export type Network =
  | { readonly kind: 'resNet20'; readonly attention: 'none' | 'squeezeExcite' | 'cbam' }
  | { readonly kind: 'visionTransformer'; readonly patch: number; readonly dim: number; readonly depth: number; readonly heads: number }
  | { readonly kind: 'tiny' };

/**
 * Images are size x size x 3, of ten classes. A low `rate` costs the same time and keeps losses comparable for longer: Adam's
 * first steps go by signs of gradients, of which rounding decides some.
 */
export type TrainTask = {
  readonly kind: 'train';
  readonly network: Network;
  readonly batch: number;
  readonly size: number;
  readonly rate: number;
};
export type InferTask = { readonly kind: 'infer'; readonly network: Network; readonly size: number };
export type AttentionTask = {
  readonly kind: 'attention';
  readonly batch: number;
  readonly heads: number;
  readonly tokens: number;
  readonly headDim: number;
};
export type Task = TrainTask | InferTask | AttentionTask;

/** Different batches that the steps take in turn. */
export const batches = 4;
export const classes = 10;

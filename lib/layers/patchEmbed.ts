/**
 * Patch embedding (Dosovitskiy et al. 2020, arXiv:2010.11929): the image is cut into patches of `patch` x `patch` pixels, each
 * of which becomes one token by a shared linear map. The grid stays whole: 'b h w channels' -> 'b h/patch w/patch dim'.
 *
 * The rows of the weight go by (y, x, channel) within the patch: it is the weight of a convolution with kernel and stride
 * `patch`, height width in out, with its first three axes joined.
 */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { rearrange, sizes } from '../tensor/axes';
import type { Module } from '../tensor/module';
import { type LinearParams, linear } from './linear';

export type PatchEmbedOptions = { channels: number; dim: number; patch: number };

export function patchEmbed({ channels, dim, patch }: PatchEmbedOptions): Module<LinearParams, Tensor4D, Tensor4D> {
  const map = linear({ from: patch * patch * channels, to: dim });

  return {
    init: map.init,
    forward: (params, x, mode) =>
      tf.tidy(() => {
        const { b, h, w } = sizes(x, 'b h w c', { c: channels });
        if (h % patch !== 0 || w % patch !== 0) {
          throw new Error(`patchEmbed: expected height and width that patch=${patch} divides, got ${h} x ${w}`);
        }
        const patches: Tensor2D = rearrange(x, 'b (h y) (w x) c -> (b h w) (y x c)', { y: patch, x: patch });
        return rearrange<tf.Rank.R4>(map.forward(params, patches, mode), '(b h w) dim -> b h w dim', { b, h: h / patch, w: w / patch });
      }),
  };
}

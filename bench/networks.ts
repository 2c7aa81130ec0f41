/** The networks of the tasks in Fovea's own words. */
import type { Model, tree } from 'fovea';
import { residualNetwork, resNet, visionTransformer } from 'fovea';
import { classes, type Network } from './task';

/** For images of `size` x `size`. */
export function networkOf(network: Network, size: number): Model<tree.Tree> {
  const images = { channels: 3, classes };
  switch (network.kind) {
    case 'resNet20':
      return resNet({
        ...images,
        depth: 20,
        attention: { kind: network.attention },
        pooling: { kind: 'meanPooling' },
      }) as unknown as Model<tree.Tree>;
    case 'tiny':
      return residualNetwork({
        ...images,
        widths: [4],
        attention: { kind: 'none' },
        pooling: { kind: 'meanPooling' },
      }) as unknown as Model<tree.Tree>;
    case 'visionTransformer': {
      const { patch, dim, depth, heads } = network;
      return visionTransformer({
        ...images,
        image: [size, size],
        patch,
        dim,
        depth,
        attention: { kind: 'multiHeadAttention', heads, bias: true },
        pooling: { kind: 'meanPooling' },
      }) as unknown as Model<tree.Tree>;
    }
  }
}

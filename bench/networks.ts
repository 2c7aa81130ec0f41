/** The networks of the tasks in Fovea's own words. */
import type { Model, tree } from 'fovea';
import { residualNetwork } from 'fovea';
import { classes, type Network } from './task';

export function networkOf(network: Network): Model<tree.Tree> {
  const images = { channels: 3, classes };
  switch (network.kind) {
    case 'resNet20': {
      const { attention } = network;
      return residualNetwork({
        ...images,
        widths: [16, 32, 64],
        depth: 3,
        attention: { kind: attention },
        pooling: { kind: 'meanPooling' },
      }) as unknown as Model<tree.Tree>;
    }
    case 'tiny':
      return residualNetwork({
        ...images,
        widths: [4],
        attention: { kind: 'none' },
        pooling: { kind: 'meanPooling' },
      }) as unknown as Model<tree.Tree>;
    default:
      throw new Error(`networkOf: no network of the kind ${network.kind}`);
  }
}

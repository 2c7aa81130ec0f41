/** Global average pooling (Lin et al. 2014, arXiv:1312.4400): every position counts the same, so there is no map. */
import type { NoParams } from '../../tensor/module';
import { gridMean } from '../../tensor/ops';
import type { Pooling } from '../attention';

export type MeanPoolingOptions = { dim: number };

export function meanPooling(_: MeanPoolingOptions): Pooling<NoParams> {
  return { axes: '', init: () => ({}), forward: (_params, x) => ({ output: gridMean(x), weights: undefined }) };
}

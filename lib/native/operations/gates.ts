/** Gates and their summaries: kernels of ours, a pass over memory each. TensorFlow has none; there the plain form is as good. */
import type { Device, Kernels } from './device';

export function gates({ fused, one, many }: Device): Kernels {
  if (!fused) return {};
  return {
    FoveaGridSummary: ({ x }) => many('FoveaGridSummary', [], [x!], 3),
    FoveaGridSummaryGrad: ({ x, max, share, dmean, dmax }) => one('FoveaGridSummaryGrad', [], [x!, max!, share!, dmean!, dmax!]),
    FoveaGateChannels: ({ x, gate }) => one('FoveaGateChannels', [], [x!, gate!]),
    FoveaGateChannelsGrad: ({ dy, x, gate }) => many('FoveaGateChannelsGrad', [], [dy!, x!, gate!], 2),
    FoveaGateChannelsPlanes: ({ x, gate }) => many('FoveaGateChannelsPlanes', [], [x!, gate!], 2),
    FoveaGateChannelsPlanesGrad: ({ dy, dplanes, y, x, gate, planes }) =>
      many('FoveaGateChannelsPlanesGrad', [], [dy!, dplanes!, y!, x!, gate!, planes!], 2),
    FoveaGatePixels: ({ x, gate }) => one('FoveaGatePixels', [], [x!, gate!]),
    FoveaGatePixelsGrad: ({ dy, x, gate }) => many('FoveaGatePixelsGrad', [], [dy!, x!, gate!], 2),
  };
}

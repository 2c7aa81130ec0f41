/** Element by element: TensorFlow's own kernels for the gradients that stock tfjs composes. */
import type { Device, Kernels } from './device';

export const pointwise = ({ one, type, text, bool, fused }: Device): Kernels => ({
  FoveaRelu: ({ x }) => one('Relu', [type('T')], [x!]),
  FoveaReluGrad: ({ dy, y }) => one('ReluGrad', [type('T')], [dy!, y!]),
  FoveaAddRelu: ({ x, residual }) =>
    fused ? one('FoveaAddRelu', [], [x!, residual!]) : one('Relu', [type('T')], [one('AddV2', [type('T')], [x!, residual!])]),
  FoveaAddBias: ({ x, bias }) => one('BiasAdd', [type('T'), text('data_format', 'NHWC')], [x!, bias!]),
  FoveaAddBiasGrad: ({ dy }) => one('BiasAddGrad', [type('T'), text('data_format', 'NHWC')], [dy!]),
  ...(fused && {
    FoveaGelu: ({ x }, { approximate }) => one('FoveaGelu', [bool('tanh', approximate === 'tanh')], [x!]),
    FoveaGeluGrad: ({ dy, x }, { approximate }) => one('FoveaGeluGrad', [bool('tanh', approximate === 'tanh')], [dy!, x!]),
  }),
});

/** Exact attention without a tensor of pairs, where the C++ kernels are; else the form in pieces of tensor/ops serves. */
import type { Attribute } from '@tensorflow/tfjs-core';
import type { Device, Kernels, OpAttribute } from './device';

export function attention({ fused, many, bool, float }: Device): Kernels {
  if (!fused) return {};
  const scores = ({ causal, scale }: Record<string, Attribute>): OpAttribute[] => [
    bool('causal', causal as boolean),
    float('scale', scale as number),
  ];
  return {
    FoveaAttention: ({ query, key, value, mask, bias }, attributes) =>
      many('FoveaAttention', scores(attributes), [query!, key!, value!, mask!, bias!], 3),
    FoveaAttentionGrad: ({ dy, query, key, value, mask, bias, output, largest, logSum }, attributes) =>
      many('FoveaAttentionGrad', scores(attributes), [dy!, query!, key!, value!, mask!, bias!, output!, largest!, logSum!], 4),
    FoveaPackedAttention: ({ packed, mask, bias }, attributes) =>
      many('FoveaPackedAttention', scores(attributes), [packed!, mask!, bias!], 3),
    FoveaPackedAttentionGrad: ({ dy, packed, mask, bias, output, largest, logSum }, attributes) =>
      many('FoveaPackedAttentionGrad', scores(attributes), [dy!, packed!, mask!, bias!, output!, largest!, logSum!], 2),
  };
}

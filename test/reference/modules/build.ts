/**
 * A module of ours for an entry of the reference, as a function of PyTorch's tensors. An option that nothing reads is an error.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Attention, TokenAttention } from '../../../lib/attention/attention';
import { type CbamOptions, type ChannelPool, cbam } from '../../../lib/attention/cbam';
import { squeezeExcite } from '../../../lib/attention/squeezeExcite';
import { multiHeadAttention } from '../../../lib/attention/tokens/multiHeadAttention';
import { transformerBlock } from '../../../lib/attention/transformerBlock';
import { countParameters, type Trace, traced, updating, type Weights } from '../../../lib/tensor/module';
import { initRandom } from '../../../lib/tensor/random';
import type { Tree } from '../../../lib/tensor/tree';
import { type Entry, nhwc } from '../fixture';
import type { Run, Tensors } from '../layers/builder';
import { buffersOf, type Change, filled, modeOf, type Names } from '../parity';

export type Built = { readonly run: Run; readonly parameters: number };
type Take = <T>(name: string) => T | undefined;
type Builder = (take: Take, entry: Entry) => Built;

/** By what the entry calls: the first that fits. */
const BUILDERS: readonly (readonly [RegExp, Builder])[] = [
  [/\bSEModule\b/, squeezed],
  [/\bCbamModule\b/, (take, entry) => timmCbam(take, entry, false)],
  [/\bLightCbamModule\b/, (take, entry) => timmCbam(take, entry, true)],
  [/cbam\.py CBAM\b/, officialCbam],
  [/timm\.layers\.Attention\b/, multiHead],
  [/vision_transformer\.Block\b/, block],
];

const builderOf = ({ cls }: Entry): Builder | undefined =>
  /gated|scale_norm/.test(cls) ? undefined : BUILDERS.find(([which]) => which.test(cls))?.[1];

/** Whether the kind is built here. */
export const isBuilt = (entry: Entry): boolean => builderOf(entry) !== undefined;

export function buildModule(entry: Entry): Built {
  const builder = builderOf(entry);
  if (!builder) throw new Error(`${entry.name}: nothing here stands for ${entry.cls}`);
  const left = new Map(Object.entries(entry.options));
  for (const size of ['B', 'H', 'W', 'N', 'gain', 'seed']) left.delete(size);
  const built = builder((name) => {
    const value = left.get(name);
    left.delete(name);
    return (value ?? undefined) as never;
  }, entry);
  if (left.size > 0) throw new Error(`${entry.name}: ${entry.cls} with options that are not known here: ${[...left.keys()].join(', ')}`);
  return built;
}

/** timm rounds a reduced width to the nearest, halves up; at least 1. */
export const rounded = (width: number): number => Math.max(1, Math.floor(width + 0.5));

export const SQUEEZE_NAMES: Names = [
  [/(^|\.)squeeze\./, '$1fc1.'],
  [/(^|\.)excite\./, '$1fc2.'],
];
export const OFFICIAL_CBAM_NAMES: Names = [
  [/(^|\.)channel\.squeeze\./, '$1ChannelGate.mlp.1.'],
  [/(^|\.)channel\.excite\./, '$1ChannelGate.mlp.3.'],
  [/(^|\.)spatial\.conv\./, '$1SpatialGate.spatial.conv.'],
  [/(^|\.)spatial\.norm\./, '$1SpatialGate.spatial.bn.'],
];
/** The authors' code has the planes of the spatial gate as max, mean; ours are mean, max. */
export const planesTurned: Change = (key, leaf) => (key.includes('SpatialGate.spatial.conv') ? tf.reverse(leaf, 2) : leaf);
export const ATTENTION_NAMES: Names = [
  [/(^|\.)queryKeyValue\./, '$1qkv.'],
  [/(^|\.)queryNorm\./, '$1q_norm.'],
  [/(^|\.)keyNorm\./, '$1k_norm.'],
  [/(^|\.)out\./, '$1proj.'],
];
export const BLOCK_NAMES: Names = [
  [/(^|\.)attention\./, '$1attn.'],
  [/(^|\.)mlp\.expand\./, '$1mlp.fc1.'],
  [/(^|\.)mlp\.project\./, '$1mlp.fc2.'],
  [/(^|\.)scale(\d)\.scale$/, '$1ls$2.gamma'],
];

/** On images, NCHW outside. A map that has no name of its own is `one`. */
function grid(mechanism: Attention<Tree>, one: string, names: Names, change?: Change): Built {
  const structure = mechanism.init(initRandom(0));
  const run: Run = (at, when) => {
    const params = filled(structure, at, names, change);
    const { result, params: after } = updating(params, modeOf(when), (mode) => {
      const { output, weights } = mechanism.forward(params, nhwc(at['input']!), mode);
      return { output, weights };
    });
    return { output: tf.transpose(result.output, [0, 3, 1, 2]), maps: mapsOf(result.weights, one), after: buffersOf(after, names) };
  };
  return { run, parameters: countParameters(structure) };
}
const mapsOf = (weights: Weights, one: string): Tensors =>
  weights instanceof tf.Tensor ? { [one]: weights } : ((weights ?? {}) as Tensors);

function squeezed(take: Take, { cls, hyper }: Entry): Built {
  const dim = take<number>('C')!;
  const bias = take<boolean>('bias') ?? !/bias=False/.test(cls);
  const rd = take<number>('rd') ?? 1 / 16; // from 1 the width itself, else its share of dim
  const maxPool = take<boolean>('mx') ?? /add_maxpool/.test(cls);
  const module = squeezeExcite({
    dim,
    hidden: rd < 1 ? rounded(dim * rd) : rd,
    bias,
    maxPool,
    norm: hyper?.['bn'] !== undefined,
  });
  return grid(module as unknown as Attention<Tree>, 'gate', [...SQUEEZE_NAMES, [/^norm\./, 'bn.']]);
}

function timmCbam(take: Take, { hyper }: Entry, light: boolean): Built {
  const dim = take<number>('C')!;
  const momentum = hyper?.['spatial.conv.bn']?.['momentum'] as number | undefined;
  const module = cbam({
    dim,
    hidden: rounded(dim / (take<number>('r') ?? 16)),
    kernel: take<number>('k') ?? 7,
    bias: take<boolean>('bias') ?? false,
    light,
    momentum: momentum ?? 0.1,
  });
  const names: Names = [...SQUEEZE_NAMES, [/^spatial\.conv\./, 'spatial.conv.conv.'], [/^spatial\.norm\./, 'spatial.conv.bn.']];
  return grid(module as unknown as Attention<Tree>, 'channel', names);
}

const POOLS: { readonly [theirs: string]: ChannelPool } = { avg: 'mean', max: 'max', lp: 'norm', lse: 'logSumExp' };

function officialCbam(take: Take, { name }: Entry): Built {
  const pools = (take<string[]>('pools') ?? ['avg', 'max']).map((pool) => {
    const ours = POOLS[pool];
    if (!ours) throw new Error(`${name}: expected pools among ${Object.keys(POOLS).join(', ')}, got ${pool}`);
    return ours;
  });
  const options: CbamOptions = { dim: take<number>('C')!, reduction: take<number>('r') ?? 16, pools, spatial: !take<boolean>('nosp') };
  const { run, parameters } = grid(cbam(options) as unknown as Attention<Tree>, 'channel', OFFICIAL_CBAM_NAMES, planesTurned);
  return { run, parameters };
}

function multiHead(take: Take, { cls, hyper }: Entry): Built {
  const dim = take<number>('C')!;
  const [headDim, outDim] = [take<number>('dh'), take<number>('out')];
  const norm = hyper?.['q_norm'];
  const mechanism = multiHeadAttention({
    dim,
    heads: take<number>('heads') ?? 8,
    bias: take<boolean>('qb') ?? /qkv_bias/.test(cls),
    causal: /is_causal/.test(cls),
    qkNorm: norm && (/RmsNorm/.test(cls) ? 'rms' : 'layer'),
    ...(norm && { epsilon: norm['eps'] as number }),
    ...(headDim && { headDim }),
    ...(outDim && { outDim }),
  }) as unknown as TokenAttention<Tree>;
  const structure = mechanism.init(initRandom(0));
  const run: Run = (at, when) => {
    const mask = at['const.mask'] && tf.cast(at['const.mask'], 'bool');
    const tokens = { query: at['input'] as tf.Tensor3D, ...(mask && { mask }), ...(at['mask'] && { bias: at['mask'] }) };
    const { output, weights } = mechanism.forward(filled(structure, at, ATTENTION_NAMES), tokens, modeOf(when));
    return { output, maps: mapsOf(weights, 'pair') };
  };
  return { run, parameters: countParameters(structure) };
}

function block(take: Take, { hyper }: Entry): Built {
  const dim = take<number>('C')!;
  const epsilon = (hyper?.['norm1']?.['eps'] as number | undefined) ?? 1e-6;
  const attention = multiHeadAttention({
    dim,
    heads: take<number>('heads')!,
    bias: take<boolean>('qb') ?? false,
    qkNorm: take<boolean>('qk') ? 'layer' : undefined,
    epsilon: (hyper?.['attn.q_norm']?.['eps'] as number | undefined) ?? epsilon,
  });
  const module = transformerBlock({ dim, attention, mlpRatio: take<number>('mlp') ?? 4, layerScale: take<number>('ls'), epsilon });
  const structure = module.init(initRandom(0));
  const run: Run = (at, when) => {
    const params = filled(structure, at, [...BLOCK_NAMES, ...ATTENTION_NAMES]);
    const { result: output, trace } = traced(modeOf(when), (mode) => module.forward(params, at['input'] as tf.Tensor3D, mode));
    return { output, maps: mapsOf((trace as Trace)['attention']?.weights, 'pair') };
  };
  return { run, parameters: countParameters(structure) };
}

/** A model of ours for an entry of the reference, with how PyTorch names its parts. An option that nothing here reads is an error. */
import * as tf from '@tensorflow/tfjs-core';
import type { Attention } from '../../../lib/attention/attention';
import { cbam } from '../../../lib/attention/cbam';
import { none } from '../../../lib/attention/none';
import { squeezeExcite } from '../../../lib/attention/squeezeExcite';
import type { Model } from '../../../lib/models/model';
import { resNet } from '../../../lib/models/resNet';
import { visionTransformer } from '../../../lib/models/visionTransformer';
import type { Trace } from '../../../lib/tensor/module';
import type { Tree } from '../../../lib/tensor/tree';
import type { Entry } from '../fixture';
import type { Tensors } from '../layers/builder';
import { ATTENTION_NAMES, BLOCK_NAMES, OFFICIAL_CBAM_NAMES, planesTurned, rounded, SQUEEZE_NAMES } from '../modules/build';
import type { Change, Names } from '../parity';

export type Built = {
  readonly model: Model<Tree>;
  readonly names: Names;
  readonly change?: Change;
  readonly mapsOf: (trace: Trace) => Tensors;
};

export function buildModel(entry: Entry): Built {
  const left = new Map(Object.entries(entry.options));
  const take = <T>(name: string): T | undefined => {
    const value = left.get(name);
    left.delete(name);
    return (value ?? undefined) as T | undefined;
  };
  for (const name of ['B', 'gain', 'seed', 'label_smoothing', 'optimizer', 'steps']) left.delete(name);
  const build = left.has('widths') ? residual : left.has('p') ? transformer : undefined;
  if (!build) throw new Error(`${entry.name}: expected a ResNet (widths) or a vision transformer (p), got ${entry.cls}`);
  const built = build(take, entry);
  if (left.size > 0) throw new Error(`${entry.name}: options that are not known here: ${[...left.keys()].join(', ')}`);
  return built;
}
type Take = <T>(name: string) => T | undefined;

const SHORTCUTS = { A: 'zeroPadding', B: 'projection' } as const;
const ATTENTIONS: { readonly [attn: string]: { make: (dim: number, r: number) => Attention<Tree>; names: Names; change?: Change } } = {
  '': { make: (dim) => none({ dim }) as unknown as Attention<Tree>, names: [] },
  se: {
    make: (dim, r) => squeezeExcite({ dim, hidden: rounded(dim / r) }) as unknown as Attention<Tree>,
    names: SQUEEZE_NAMES,
  },
  cbam: { make: (dim, r) => cbam({ dim, reduction: r }) as unknown as Attention<Tree>, names: OFFICIAL_CBAM_NAMES, change: planesTurned },
};

function residual(take: Take, { name }: Entry): Built {
  const widths = take<number[]>('widths')!;
  const option = take<string>('option') ?? 'A';
  const attn = take<string>('attn') ?? '';
  const found = ATTENTIONS[attn];
  if (!found) throw new Error(`${name}: expected an attention among ${Object.keys(ATTENTIONS).join(', ')}, got ${attn}`);
  const reduction = take<number>('r') ?? 16;
  take('size'); // that of the images in the file
  const model = resNet({
    depth: 2 + 2 * widths.length * (take<number>('n') ?? 3),
    widths,
    classes: take<number>('classes') ?? 10,
    shortcut: SHORTCUTS[option as 'A' | 'B'],
    attention: (dim) => found.make(dim, reduction),
    pooling: { kind: 'meanPooling' },
  });
  return {
    model: model as unknown as Model<Tree>,
    names: [
      [/^stem\.conv\./, 'conv1.'],
      [/^stem\.norm\./, 'bn1.'],
      ...widths.map((_, stage) => [new RegExp(`^stages\\.${stage}\\.`), `layer${stage + 1}.`] as const),
      [/\.shortcut\.conv\./, '.shortcut.0.'],
      [/\.shortcut\.norm\./, '.shortcut.1.'],
      [/\.attention\./, '.attn.'],
      ...found.names,
      [/\.norm(\d)\./, '.bn$1.'],
      [/^head\./, 'linear.'],
    ],
    ...(found.change && { change: found.change }),
    mapsOf: (trace) => ({
      features: tf.transpose(trace['features']!.weights as tf.Tensor4D, [0, 3, 1, 2]),
      ...numbered(trace, 'gate'),
    }),
  };
}

/** The attention maps of a trace in the order of the blocks: `gate.0`, or of two maps each `channel.0` and `spatial.0`. */
function numbered(trace: Trace, one: string): Tensors {
  const maps = Object.entries(trace).flatMap(([path, { weights }]) => (path.endsWith('.attention') ? [weights] : []));
  return Object.fromEntries(
    maps.flatMap((weights, index) =>
      weights instanceof tf.Tensor
        ? [[`${one}.${index}`, weights]]
        : Object.entries(weights ?? {}).map(([name, map]) => [`${name}.${index}`, map]),
    ),
  );
}

function transformer(take: Take, { name, hyper }: Entry): Built {
  const size = take<number | [number, number]>('img')!;
  const pool = take<string>('pool') ?? 'token';
  if (pool !== 'token' && pool !== 'avg') throw new Error(`${name}: expected pool to be token or avg, got ${pool}`);
  const epsilon = hyper?.['blocks.0.norm1']?.['eps'] as number | undefined;
  const heads = take<number>('heads')!;
  const model = visionTransformer({
    channels: 3,
    classes: take<number>('classes') ?? 1000,
    image: typeof size === 'number' ? [size, size] : size,
    patch: take<number>('p')!,
    dim: take<number>('C')!,
    depth: take<number>('depth')!,
    mlpRatio: take<number>('mlp') ?? 4,
    layerScale: take<number>('ls'),
    ...(epsilon !== undefined && { epsilon }),
    classToken: take<boolean>('cls') ?? true,
    attention: {
      kind: 'multiHeadAttention',
      heads,
      bias: take<boolean>('qb') ?? true,
      qkNorm: take<boolean>('qk') ? 'layer' : undefined,
      ...(epsilon !== undefined && { epsilon }),
    },
    pooling: pool === 'token' ? 'classToken' : { kind: 'meanPooling' },
  });
  return {
    model: model as unknown as Model<Tree>,
    names: [
      [/^patches\./, 'patch_embed.proj.'],
      [/^classToken$/, 'cls_token'],
      [/^positions\.table$/, 'pos_embed'],
      ...BLOCK_NAMES,
      ...ATTENTION_NAMES,
      [/^norm\./, pool === 'token' ? 'norm.' : 'fc_norm.'],
    ],
    mapsOf: (trace) => numbered(trace, 'pair'),
  };
}

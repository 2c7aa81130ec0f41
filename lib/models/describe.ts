/**
 * What a model is made of, layer by layer: shape of what comes out, parameters, multiply-accumulates and milliseconds.
 *
 * Multiply-accumulates are those of convolutions, linear layers and products of matrices, attention's two among them, for one
 * image; biases, norms, activations, pooling and gates by element are not counted. That is the convention of fvcore and of
 * torch's flop counter halved; timm's published numbers for transformers leave out attention's own two products.
 *
 * What a block does itself stands in its own row, after those of its parts. Milliseconds are of one eager run, the best of
 * `repeats`, so that they tell what is dear, not how fast training is.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { countParameters, evaluation } from '../tensor/module';
import { initRandom } from '../tensor/random';
import { dispose, entries, type Tree } from '../tensor/tree';
import type { Model } from './model';

export type DescribeOptions<P extends Tree> = {
  /** Height, width and channels. */
  readonly image: readonly [height: number, width: number, channels: number];
  /** Initial ones of seed 0 where left out. */
  readonly params?: P;
  readonly repeats?: number;
};
export type LayerRow = {
  readonly path: string;
  /** Of one image; empty where no single tensor comes out. */
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly multiplyAccumulates: number;
  readonly milliseconds: number;
};
export type Description = {
  readonly layers: readonly LayerRow[];
  readonly parameters: number;
  readonly multiplyAccumulates: number;
  readonly milliseconds: number;
  /** The table in words, a line a layer. */
  readonly text: string;
};

export function describe<P extends Tree>(model: Model<P>, { image, params: given, repeats = 3 }: DescribeOptions<P>): Description {
  const params = given ?? model.init(initRandom(0));
  try {
    const runs = Array.from({ length: Math.max(1, repeats) }, () => observed(model, params, image));
    const own = new Map<string, number>();
    const layers = runs[0]!.map((row, index) => ({ ...row, milliseconds: Math.min(...runs.map((run) => run[index]!.milliseconds)) }));
    const paths = new Set(layers.map(({ path }) => path));
    for (const [path, leaf] of entries(params)) {
      if (path.split('.').includes('running')) continue;
      const owner = ownerOf(path, paths);
      own.set(owner, (own.get(owner) ?? 0) + leaf.size);
    }
    const rows = layers.map((row) => ({ ...row, parameters: own.get(row.path) ?? 0 }));
    const sum = (of: (row: LayerRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
    const found = {
      layers: rows,
      parameters: countParameters(params),
      multiplyAccumulates: sum((row) => row.multiplyAccumulates),
      milliseconds: sum((row) => row.milliseconds),
    };
    return { ...found, text: table(found) };
  } finally {
    if (!given) dispose(params);
  }
}

/** The innermost layer that holds the leaf; the model itself is ''. */
function ownerOf(path: string, paths: ReadonlySet<string>): string {
  const parts = path.split('.');
  while (parts.length > 0) {
    parts.pop();
    if (paths.has(parts.join('.'))) return parts.join('.');
  }
  return '';
}

/** One run: the multiply-accumulates and the time since the row before, in the order in which layers end. */
function observed<P extends Tree>(model: Model<P>, params: P, image: readonly [number, number, number]): Omit<LayerRow, 'parameters'>[] {
  const rows: Omit<LayerRow, 'parameters'>[] = [];
  tf.tidy(() => {
    const images = tf.zeros<tf.Rank.R4>([1, ...image]);
    let counted = 0;
    let since = performance.now();
    const row = (path: string, output: unknown): void => {
      if (output instanceof tf.Tensor) output.dataSync(); // until it is computed
      const shape = output instanceof tf.Tensor ? output.shape.slice(1) : [];
      rows.push({ path, shape, multiplyAccumulates: counted, milliseconds: performance.now() - since });
      counted = 0;
      since = performance.now();
    };
    counting(
      (count) => {
        counted += count;
      },
      () => row('', model.forward(params, images, { ...evaluation, wants: () => false, watch: row }).logits),
    );
  });
  return rows;
}

type Sizes = readonly number[];
const product = (sizes: Sizes): number => sizes.reduce((all, size) => all * size, 1);
type Kernel = {
  readonly inputs: { readonly [name: string]: Tensor };
  readonly output: Sizes;
  readonly attributes: { readonly [name: string]: unknown };
};

/** By kernel: ours, and those of stock tfjs for modules of one's own. The filters are 'kh kw from to', of a group. */
const COSTS: { readonly [kernel: string]: (call: Kernel) => number } = {
  FoveaConvolve: ({ inputs, output }) => product(output) * product(inputs['filter']!.shape.slice(0, 3)),
  FoveaConvolveInputGrad: ({ inputs }) => inputs['dy']!.size * product(inputs['filter']!.shape.slice(0, 3)),
  Conv2D: ({ inputs, output }) => product(output) * product(inputs['filter']!.shape.slice(0, 3)),
  DepthwiseConv2dNative: ({ inputs, output }) => product(output) * product(inputs['filter']!.shape.slice(0, 2)),
  BatchMatMul: ({ inputs, output }) => (product(output) * inputs['a']!.size) / product(output.slice(0, -1)),
  _FusedMatMul: ({ inputs, output }) => (product(output) * inputs['a']!.size) / product(output.slice(0, -1)),
  FoveaEinsum: ({ inputs: { a, b }, attributes }) => {
    const axes = `${attributes['left']}${attributes['right']}`; // a letter an axis, of a and then of b
    return product([...a!.shape, ...b!.shape].filter((_, i) => axes.indexOf(axes[i]!) === i));
  },
  FoveaAttention: ({ inputs: { query, key, value } }) => query!.size * key!.shape[2]! + product(query!.shape.slice(0, 3)) * (value!.size / product(value!.shape.slice(0, 2))), // biome-ignore format: one row
  FoveaPackedAttention: ({ inputs: { packed } }) => (2 / 3) * packed!.size * packed!.shape[1]!,
};

/** Runs `body`, in which each kernel of the table is told of; what a kernel calls in its turn is part of it. */
function counting(tell: (multiplyAccumulates: number) => void, body: () => void): void {
  const engine = tf.engine();
  const run = engine.runKernel;
  let depth = 0;
  engine.runKernel = ((name: string, inputs: tf.NamedTensorMap, attributes?: tf.NamedAttrMap) => {
    const cost = depth === 0 ? COSTS[name] : undefined;
    if (!cost) return run.call(engine, name, inputs, attributes);
    depth += 1;
    try {
      const out = run.call(engine, name, inputs, attributes) as Tensor | Tensor[];
      tell(cost({ inputs, attributes: attributes ?? {}, output: (Array.isArray(out) ? out[0]! : out).shape }));
      return out;
    } finally {
      depth -= 1;
    }
  }) as typeof engine.runKernel;
  try {
    body();
  } finally {
    engine.runKernel = run;
  }
}

function table({ layers, ...all }: Omit<Description, 'text'>): string {
  const cells = (path: string, shape: Sizes, row: Omit<LayerRow, 'path' | 'shape'>): string[] => [
    path,
    shape.join(' x '),
    row.parameters.toLocaleString('en'),
    row.multiplyAccumulates.toLocaleString('en'),
    row.milliseconds.toFixed(2),
  ];
  const lines = [
    ['layer', 'shape', 'parameters', 'multiply-accumulates', 'ms'],
    ...layers.map((row) => cells(row.path || '(model)', row.shape, row)),
    cells('all', [], all),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const padded = (cell: string, column: number): string => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!));
  return lines.map((line) => line.map(padded).join('  ').trimEnd()).join('\n');
}

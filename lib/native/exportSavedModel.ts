/**
 * A trained model as a TensorFlow SavedModel, graph and weights in one file: images b h w c -> logits b classes under
 * `serving_default`, for any number of images. tfjs-node, Python's TensorFlow and TensorFlow Serving read it:
 * it holds TensorFlow's own operations, none of our kernels'.
 *
 * Shapes are numbers in JavaScript, so a recording is of one batch size. The model is therefore recorded at three: constants
 * that grow with the batch, c0 + c1 b, become computations from the size of the batch that comes in.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import type { Model } from '../models/model';
import { evaluation } from '../tensor/module';
import { flatten, type Tree } from '../tensor/tree';
import { makeFolder, writeAtomic } from './atomic';
import { constant, constantOf } from './constant';
import { unfused } from './operations/unfused';
import { record } from './recorder';
import { type Attr, type Attrs, type GraphNode, savedModel } from './savedModel';

/** Of one image. */
export type ImageSize = { readonly height: number; readonly width: number; readonly channels: number };

const BATCHES = [53, 59, 61]; // primes that no other size of a model is
const FLOAT = 1;
const INT = 3;
const int: Attr = { kind: 'type', value: INT };

/** Writes `folder/saved_model.pb`, atomically. Its input is named `images`, its output `logits`; maps are left out. */
export function exportSavedModel<P extends Tree>(model: Model<P>, params: P, folder: string, { height, width, channels }: ImageSize): void {
  if (tf.getBackend() !== 'tensorflow') throw new Error(`exportSavedModel: expected the native backend, got ${tf.getBackend()}`);
  const image = [height, width, channels];
  const { leaves, rebuild } = flatten(params);
  let classes = 0;
  const logits = ([images, ...weights]: readonly Tensor[]): Tensor => {
    const { logits } = model.forward(rebuild(weights), images as Tensor4D, { ...evaluation, wants: () => false });
    classes = logits.shape[1];
    return logits;
  };
  const recordings = unfused(() =>
    BATCHES.map((batch) => {
      const images = tf.zeros([batch, ...image]);
      try {
        return record([images, ...leaves], logits);
      } finally {
        images.dispose();
      }
    }),
  );
  const [{ name }] = recordings[0]!.nodes as [GraphNode];
  const weights = leaves.map((leaf, index) => constantOf(recordings[0]!.nodes[index + 1]!.name, leaf));
  const rest = recordings.map(({ nodes }) => nodes.slice(1 + leaves.length));
  const operations = rest[0]!.flatMap((_, index) => forAnyBatch(rest.map((nodes) => nodes[index])));
  const nodes = [placeholder(name, [-1, ...image]), ...batchSize(name), ...weights, ...operations];
  const signature = {
    inputs: { images: { node: name, dtype: FLOAT, shape: [-1, ...image] } },
    outputs: { logits: { node: recordings[0]!.outputs[0]!, dtype: FLOAT, shape: [-1, classes] } },
  };
  makeFolder(folder);
  const { TF_Version } = (tf.backend() as NodeJSKernelBackend).binding;
  writeAtomic(join(folder, 'saved_model.pb'), savedModel(nodes, TF_Version, signature));
}

const placeholder = (name: string, shape: readonly number[]): GraphNode => ({
  op: 'Placeholder',
  name,
  inputs: [],
  attrs: { dtype: { kind: 'type', value: FLOAT }, shape: { kind: 'shape', value: shape } },
});

const whole = (name: string, values: readonly number[], shape: readonly number[]): GraphNode =>
  constant(name, INT, shape, Buffer.from(Int32Array.from(values).buffer));

/** A scalar named Batch, how many images come in. */
function batchSize(images: string): GraphNode[] {
  const attrs: Attrs = { T: int, Index: int, shrink_axis_mask: { kind: 'int', value: 1 } };
  return [
    { op: 'Shape', name: 'BatchShape', inputs: [images], attrs: { T: { kind: 'type', value: FLOAT }, out_type: int } },
    ...[0, 1].map((value) => whole(`BatchAt${value}`, [value], [1])),
    { op: 'StridedSlice', name: 'Batch', inputs: ['BatchShape', 'BatchAt0', 'BatchAt1', 'BatchAt1'], attrs },
  ];
}

/** One node of the recordings at each size of the batch, as it is for all. */
function forAnyBatch(nodes: readonly (GraphNode | undefined)[]): GraphNode[] {
  const [first, second, third] = nodes as [GraphNode, GraphNode | undefined, GraphNode | undefined];
  if (isDeepStrictEqual(first, second)) return [first];
  const [values, ...others] = [first, second, third].map(integers);
  const [b0 = 0, b1 = 1] = BATCHES;
  const slopes = values?.map((value, index) => ((others[0]?.[index] ?? Number.NaN) - value) / (b1 - b0));
  const offsets = values?.map((value, index) => value - slopes![index]! * b0);
  const predicted = offsets?.map((offset, index) => offset + slopes![index]! * BATCHES[2]!);
  if (!slopes?.every(Number.isInteger) || !isDeepStrictEqual(predicted, others[1]) || first.name !== second?.name) {
    throw new Error(
      `exportSavedModel: expected a model that treats every number of images alike, got a ${first.op} that depends on it in another way`,
    );
  }
  const shape = first.attrs['value']!.kind === 'tensor' ? first.attrs['value']!.shape : [];
  const name = (part: string): string => `${first.name}_${part}`;
  return [
    whole(name('slope'), slopes, shape),
    whole(name('offset'), offsets!, shape),
    { op: 'Mul', name: name('times'), inputs: [name('slope'), 'Batch'], attrs: { T: int } },
    { op: 'AddV2', name: first.name, inputs: [name('times'), name('offset')], attrs: { T: int } },
  ];
}

/** The numbers of a constant of int32. */
function integers(node: GraphNode | undefined): number[] | undefined {
  const value = node?.op === 'Const' ? node.attrs['value'] : undefined;
  if (value?.kind !== 'tensor' || value.dtype !== INT) return undefined;
  const { buffer, byteOffset, byteLength } = value.bytes;
  return [...new Int32Array(buffer.slice(byteOffset, byteOffset + byteLength))];
}

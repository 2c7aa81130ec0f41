/**
 * `compile(f)`: f, a pure function of trees of tensors, as one native call. The first call with given shapes records f as a
 * TensorFlow graph and loads it as a SavedModel; from then on the graph runs. State goes in and comes out as tensors.
 *
 * f is recorded twice: values cannot be read inside, so an operation or a constant that differs comes from JavaScript's own
 * state (Math.random, a counter) and would have been frozen. What cannot be seen is a JavaScript value that changes later:
 * rate, seed and step must be tensors that come in.
 *
 * Arguments named as constants are part of the program: with the weights of a model that only predicts, TensorFlow folds what
 * depends on them alone. A program is of those very tensors; others there make another one.
 *
 * Inside another compiled function, or while a gradient is taken, f is called and becomes part of that; on a backend that
 * cannot compile it is always just called.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelTensorInfo, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { type Compiled, type CompileOptions, type Compiler, interpreted } from '../tensor/compiler';
import { flatten, signature, type Tree } from '../tensor/tree';
import { checkTree } from './checkTree';
import { constantOf } from './constant';
import { isRecording, type Recording, record } from './recorder';
import { type GraphNode, savedModel } from './savedModel';

type Program<R> = { readonly run: (inputs: readonly Tensor[]) => R; readonly dispose: () => void };
type Programs<R> = Map<string, Program<R>>;

// a function that nobody holds any longer frees its programs
const forgotten = new FinalizationRegistry<() => void>((free) => free());

export const compile: Compiler = <Trees extends readonly Tree[], R extends Tree>(
  f: (...trees: Trees) => R,
  { programs: most = 8, constants = 0 }: CompileOptions = {},
): Compiled<Trees, R> => {
  atLeast(1, 'programs', most);
  atLeast(0, 'constants', constants);
  const programs: Programs<R> = new Map();
  const plain = interpreted(f);
  const call = (...trees: Trees): R => {
    if (tf.getBackend() !== 'tensorflow' || tf.engine().state.gradientDepth > 0 || isRecording()) return plain(...trees);
    const { leaves: frozen } = flatten<Tree>(trees.slice(0, constants));
    const key = frozen.map(({ id }) => `${id} `).join('') + signature(trees);
    const program = programs.get(key) ?? make(f, trees, frozen.length);
    programs.delete(key); // and back to the end: the map is ordered by last use
    programs.set(key, program);
    if (programs.size > most) dropOldest(programs, f.name || 'a function');
    return program.run(flatten<Tree>(trees).leaves.slice(frozen.length));
  };
  const dispose = (): void => {
    for (const program of programs.values()) program.dispose();
    programs.clear();
  };
  forgotten.register(call, dispose);
  return Object.assign(call, { dispose });
};

function atLeast(least: number, name: string, value: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new Error(`compile: expected ${name} to be a whole number from ${least}, got ${value}`);
}

/** A program in which the first `frozen` leaves are constants. */
function make<Trees extends readonly Tree[], R extends Tree>(f: (...trees: Trees) => R, trees: Trees, frozen: number): Program<R> {
  trees.forEach((tree, index) => checkTree(tree, `argument ${index}`));
  const { leaves, rebuild } = flatten<Tree>(trees);
  const body = (handles: readonly Tensor[]): R => f(...(rebuild(handles) as Trees));
  const first = record(leaves, body);
  record(leaves, body, first);
  const [given, inputs] = [leaves.slice(0, frozen), leaves.slice(frozen)];
  const nodes = [...given.map((leaf, index) => constantOf(first.nodes[index]!.name, leaf)), ...first.nodes.slice(frozen)];
  const placeholders = inputs.map(({ shape, dtype }, index) => ({ name: `${nodes[frozen + index]!.name}:0`, shape, dtype }));
  return load(nodes, placeholders, first);
}

function dropOldest<R>(programs: Programs<R>, name: string): void {
  const [[key, oldest] = []] = programs;
  if (key === undefined || oldest === undefined) return;
  const shapes = key.slice(key.indexOf('['));
  const short = shapes.length > 200 ? `${shapes.slice(0, 200)}...` : shapes;
  console.warn(
    `compile: ${name} was called with more than ${programs.size - 1} sets of shapes or constants; the program for ${short} is dropped`,
  );
  oldest.dispose();
  programs.delete(key);
}

function load<R extends Tree>(
  nodes: readonly GraphNode[],
  placeholders: ModelTensorInfo[],
  { outputs, rebuild }: Pick<Recording<R>, 'outputs' | 'rebuild'>,
): Program<R> {
  const device = tf.backend() as NodeJSKernelBackend;
  const bytes = savedModel(nodes, device.binding.TF_Version);
  const loaded = fromFolder(bytes, (folder) => device.loadSavedModelMetaGraph(folder, 'serve'));
  const fetched = outputs.map((name) => `${name}:0`);
  return {
    run: (values) => rebuild(fetched.length === 0 ? [] : device.runSavedModel(loaded, [...values], placeholders, fetched)),
    dispose: () => device.deleteSavedModel(loaded),
  };
}

/** TensorFlow reads a SavedModel from a folder only, and needs it no longer once it is loaded. */
function fromFolder(bytes: Buffer, load: (folder: string) => number): number {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-program-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), bytes);
    return load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

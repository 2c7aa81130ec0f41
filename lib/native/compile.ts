/**
 * `compile(f)`: f, a pure function of trees of tensors, as one native call. The first call with given shapes records f as a
 * TensorFlow graph and loads it as a SavedModel; from then on the graph runs. State goes in and comes out as tensors.
 *
 * f is recorded twice: values cannot be read inside, so an operation or a constant that differs comes from JavaScript's own
 * state (Math.random, a counter) and would have been frozen. What cannot be seen is a JavaScript value that changes later:
 * rate, seed and step must be tensors that come in.
 *
 * Inside another compiled function, or while a gradient is taken, f is called and becomes part of that; on a backend that
 * cannot compile it is always just called.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { type Compiled, type CompileOptions, type Compiler, interpreted } from '../tensor/compiler';
import { flatten, signature, type Tree } from '../tensor/tree';
import { checkTree } from './checkTree';
import { isRecording, type Recording, record } from './recorder';
import { type GraphNode, savedModel } from './savedModel';

type Program<R> = { readonly run: (inputs: readonly Tensor[]) => R; readonly dispose: () => void };
type Programs<R> = Map<string, Program<R>>;

// a function that nobody holds any longer frees its programs
const forgotten = new FinalizationRegistry<() => void>((free) => free());

export const compile: Compiler = <Trees extends readonly Tree[], R extends Tree>(
  f: (...trees: Trees) => R,
  { programs: most = 8 }: CompileOptions = {},
): Compiled<Trees, R> => {
  if (!Number.isInteger(most) || most < 1) throw new Error(`compile: expected programs to be a whole number from 1, got ${most}`);
  const programs: Programs<R> = new Map();
  const plain = interpreted(f);
  const call = (...trees: Trees): R => {
    if (tf.getBackend() !== 'tensorflow' || tf.engine().state.gradientDepth > 0 || isRecording()) return plain(...trees);
    const key = signature(trees);
    const known = programs.get(key);
    const program = known ?? make(f, trees);
    programs.delete(key); // and back to the end: the map is ordered by last use
    programs.set(key, program);
    if (programs.size > most) dropOldest(programs, f.name || 'a function');
    return program.run(flatten(trees).leaves);
  };
  const dispose = (): void => {
    for (const program of programs.values()) program.dispose();
    programs.clear();
  };
  forgotten.register(call, dispose);
  return Object.assign(call, { dispose });
};

function make<Trees extends readonly Tree[], R extends Tree>(f: (...trees: Trees) => R, trees: Trees): Program<R> {
  trees.forEach((tree, index) => checkTree(tree, `argument ${index}`));
  const { leaves, rebuild } = flatten<Tree>(trees);
  const body = (handles: readonly Tensor[]): R => f(...(rebuild(handles) as Trees));
  const first = record(leaves, body);
  record(leaves, body, first);
  return load(first, leaves);
}

function dropOldest<R>(programs: Programs<R>, name: string): void {
  const [[key, oldest] = []] = programs;
  if (key === undefined || oldest === undefined) return;
  const shapes = key.length > 200 ? `${key.slice(0, 200)}...` : key;
  console.warn(`compile: ${name} was called with more than ${programs.size - 1} sets of shapes; the program for ${shapes} is dropped`);
  oldest.dispose();
  programs.delete(key);
}

function load<R extends Tree>({ nodes, outputs, rebuild }: Recording<R>, inputs: readonly Tensor[]): Program<R> {
  const device = tf.backend() as NodeJSKernelBackend;
  const loaded = fromFolder(savedModel(nodes, device.binding.TF_Version), (folder) => device.loadSavedModelMetaGraph(folder, 'serve'));
  const placeholders = inputs.map(({ shape, dtype }, index) => ({ name: `${(nodes[index] as GraphNode).name}:0`, shape, dtype }));
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

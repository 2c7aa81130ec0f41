/**
 * Records what a function of tensors does as a TensorFlow graph: every native operation passes through two methods of the
 * backend. While recording nothing is computed: what an operation puts out is a handle with the shape and dtype that
 * TensorFlow's own inference gives (graph.ts), so that a first call costs neither the time nor the memory of a step. Beside a
 * binding without that addon the operations run, and the record is the same.
 *
 * What cannot be recorded is an error at the line that asks for it: a value read to JavaScript, a tensor made outside, a
 * shape that depends on values, a tensor kept beyond the function's end.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DataId, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { flatten, leaves, type Tree } from '../tensor/tree';
import { attributesOf, typeOf } from './attributes';
import { checkTree } from './checkTree';
import { CompileError } from './compileError';
import { inference, type Output } from './graph';
import { type Attr, type Attrs, attrValue, type GraphNode } from './savedModel';

export type Recording<R> = {
  /** The first ones are the placeholders of the inputs, in their order. */
  readonly nodes: readonly GraphNode[];
  /** What each node puts out, where it was inferred. */
  readonly made: readonly (readonly Output[])[];
  /** The nodes of the result's leaves. */
  readonly outputs: readonly string[];
  readonly rebuild: (leaves: readonly Tensor[]) => R;
};

/** A backend that records carries under this name what ends it, for code that was itself ended from outside. */
const STOP = Symbol.for('fovea.stopRecording');
type Device = NodeJSKernelBackend & { [STOP]?: () => void };
type Wrap = { createOutputTensor(metadata: { id: number; shape: readonly number[]; dtype: number }): Tensor };

const HANDLE = -1; // the backend frees nothing native for it
const FEW = 256; // a longer constant is not looked for among those before; one of the same number throughout is filled each time
const FRAMES = 60; // tfjs puts some twenty between an operation and the line that asked for it

// an output that its gradient alone reads: its shape is the kernel's own affair
const OPAQUE: { readonly [op: string]: number } = { FusedBatchNormV3: 5 };

const device = (): Device => tf.backend() as Device;
export const isRecording = (): boolean => device()[STOP] !== undefined;

/** Records `f`. Beside an earlier recording it must do the same again: what differs comes from JavaScript's own state and would be frozen. */
export function record<R extends Tree>(
  inputs: readonly Tensor[],
  f: (inputs: readonly Tensor[]) => R,
  earlier?: Recording<R>,
): Recording<R> {
  const backend = device();
  const before = backend.numDataIds();
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  try {
    let recording: Recording<R> | undefined;
    tf.tidy(() => {
      const recorder = recorderOf(backend, earlier);
      // handles of our own: a tensor given twice becomes two inputs, and one caught in a closure is seen to be
      const handles = inputs.map((input) => recorder.placeholder(input));
      recorder.start();
      const result = f(handles);
      recorder.check();
      checkTree(result, 'the result');
      const outputs = leaves(result).map((leaf) => recorder.output(leaf));
      recording = { ...recorder.graph, outputs, rebuild: flatten(result).rebuild };
    });
    const kept = backend.numDataIds() - before;
    if (kept > 0) throw new CompileError(`expected every tensor of the function to end with it, got ${kept} kept: return them instead`);
    if (earlier && earlier.nodes.length > recording!.nodes.length) throw new CompileError(differs(earlier.nodes[recording!.nodes.length]));
    return recording!;
  } finally {
    backend[STOP]?.();
    Error.stackTraceLimit = limit;
  }
}

type Recorder = {
  readonly graph: Pick<Recording<unknown>, 'nodes' | 'made'>;
  readonly placeholder: (input: Tensor) => Tensor;
  readonly start: () => void;
  /** Throws what was refused and not thrown, or caught by the function. */
  readonly check: () => void;
  readonly output: (leaf: Tensor) => string;
};

function recorderOf(backend: Device, earlier: Pick<Recording<unknown>, 'nodes' | 'made'> | undefined): Recorder {
  const { executeSingleOutput, executeMultipleOutputs, readSync, write } = backend;
  const infer = earlier ? undefined : inference();
  const computes = earlier ? earlier.made.length === 0 : infer === undefined;
  const nodes: GraphNode[] = [];
  const made: Output[][] = [];
  const names = new Map<DataId, string>();
  const written = new Set<DataId>();
  const constants = new Map<string, string>();

  /** `seen` is what inference gets to see in the node's place. */
  const add = (op: string, inputs: readonly string[], attrs: Attrs, seen: Omit<GraphNode, 'name'> = { op, inputs, attrs }): string => {
    const node = { op, name: `${op}_${nodes.length}`, inputs, attrs };
    const expected = earlier?.nodes[nodes.length];
    if (earlier && !isDeepStrictEqual(expected, node)) throw new CompileError(differs(expected, node));
    if (infer) {
      const serialised = Object.fromEntries(Object.entries(seen.attrs).map(([key, attr]) => [key, attrValue(attr)]));
      try {
        made.push(infer(seen.op, node.name, seen.inputs, serialised));
      } catch (error) {
        throw new CompileError(`TensorFlow refuses ${op}: ${(error as Error).message}`);
      }
    }
    nodes.push(node);
    return node.name;
  };

  const constant = (dtype: number, shape: readonly number[], bytes: Buffer): string => {
    const key = bytes.length > FEW ? undefined : `${dtype}[${shape}]${bytes.toString('latin1')}`;
    const known = key && constants.get(key);
    if (known !== undefined) return known;
    const attrs: Attrs = { dtype: { kind: 'type', value: dtype }, value: { kind: 'tensor', dtype, shape, bytes } };
    let name = add('Const', [], attrs);
    if (dtype === FLOAT) {
      // behind a placeholder TensorFlow's optimiser does not fold it: x / c would become x * (1 / c), other bits than eager
      const behind: Attrs = { dtype: { kind: 'type', value: dtype }, shape: { kind: 'shape', value: shape } };
      name = add('PlaceholderWithDefault', [name], behind, { op: 'Const', inputs: [], attrs });
    }
    if (key) constants.set(key, name);
    return name;
  };
  const filled = (dtype: number, shape: readonly number[], one: Buffer): string => {
    const size = constant(INT, [shape.length], Buffer.from(Int32Array.from(shape).buffer));
    const attrs: Attrs = { T: { kind: 'type', value: dtype }, index_type: { kind: 'type', value: INT } };
    return add('Fill', [size, constant(dtype, [], one)], attrs);
  };
  const nameOf = (tensor: TensorInfo, user: string): string => {
    const known = names.get(tensor.dataId);
    if (known !== undefined) return known;
    if (!written.has(tensor.dataId)) {
      throw new CompileError(
        `expected ${user} to use tensors that come in or are made inside, got one of shape [${tensor.shape}] made outside: make it an input`,
      );
    }
    const dtype = typeOf(tensor);
    const values = readSync.call(backend, tensor.dataId) as Float32Array;
    const bytes = Buffer.from(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    const same = values.length > FEW && values.every((value) => Object.is(value, values[0]));
    const name = same ? filled(dtype, tensor.shape, bytes.subarray(0, values.BYTES_PER_ELEMENT)) : constant(dtype, tensor.shape, bytes);
    names.set(tensor.dataId, name);
    return name;
  };
  const named = (name: string, outputs: readonly Tensor[]): void =>
    outputs.forEach((tensor, index) => names.set(tensor.dataId, index === 0 ? name : `${name}:${index}`));
  const handle = ([dtype, inferred]: Output, op: string, index: number): Tensor => {
    const shape = inferred ?? (OPAQUE[op] === index ? [0] : undefined);
    if (!shape) throw new CompileError(`expected shapes that do not depend on values, got one from ${op}`);
    return (backend as unknown as Wrap).createOutputTensor({ id: HANDLE, shape, dtype });
  };
  const run = (
    op: string,
    given: Parameters<typeof executeSingleOutput>[1],
    from: TensorInfo[],
    count: number,
    compute: () => Tensor[],
  ): Tensor[] => {
    const inputs = from.map((tensor) => nameOf(tensor, op));
    const name = add(op, inputs, attributesOf(op, given, from));
    const inferred = (earlier?.made ?? made)[nodes.length - 1] ?? [];
    const outputs = computes ? compute() : inferred.slice(0, count).map((output, index) => handle(output, op, index));
    named(name, outputs);
    return outputs;
  };
  let refused: CompileError | undefined;
  const refuse = (what: string): CompileError => {
    refused ??= new CompileError(what);
    return refused;
  };
  const reading = 'expected no value to be read to JavaScript inside the function: return the tensor instead';

  const start = (): void => {
    const methods = {
      executeSingleOutput: (...[op, given, from]: Parameters<typeof executeSingleOutput>): Tensor =>
        run(op, given, from, 1, () => [executeSingleOutput.call(backend, op, given, from)])[0]!,
      executeMultipleOutputs: (...[op, given, from, count]: Parameters<typeof executeMultipleOutputs>): Tensor[] =>
        run(op, given, from, count, () => executeMultipleOutputs.call(backend, op, given, from, count)),
      write: (...[values, shape, dtype]: Parameters<typeof write>): DataId => {
        const dataId = write.call(backend, values, shape, dtype);
        written.add(dataId);
        return dataId;
      },
      readSync: (): never => {
        throw refuse(reading);
      },
      read: (): Promise<never> => {
        refuse(reading);
        return new Promise(() => {}); // a rejection that nobody awaits would end the process
      },
      runSavedModel: (): never => {
        throw refuse('expected operations inside the function, got a saved model to run');
      },
    };
    const stop = (): void => {
      for (const name of [...Object.keys(methods), STOP]) Reflect.deleteProperty(backend, name);
    };
    Object.assign(backend, methods, { [STOP]: stop });
  };

  return {
    graph: { nodes, made },
    placeholder: (input) => {
      const dtype = typeOf(input);
      const name = add('Placeholder', [], { dtype: { kind: 'type', value: dtype }, shape: { kind: 'shape', value: input.shape } });
      const type: Attr = { kind: 'type', value: dtype };
      const attribute = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: type.value };
      const own = computes
        ? executeSingleOutput.call(backend, 'Identity', [attribute], [input])
        : handle([dtype, input.shape], 'Placeholder', 0);
      names.set(own.dataId, name);
      return own;
    },
    start,
    check: () => {
      if (refused) throw refused;
    },
    // an Identity each: what is fed cannot be fetched, and an input may be handed through
    output: (leaf) => add('Identity', [nameOf(leaf, 'the result')], { T: { kind: 'type', value: typeOf(leaf) } }),
  };
}

const FLOAT = 1;
const INT = 3;

function differs(expected: GraphNode | undefined, found: GraphNode | undefined = undefined): string {
  const constant = expected?.op === 'Const' && found?.op === 'Const';
  const what = constant ? 'a constant made in JavaScript' : `${expected?.op ?? 'no operation'}, then ${found?.op ?? 'no operation'}`;
  return `expected the same in every call, got ${what} that changes from call to call and would be frozen: make what it depends on an input`;
}

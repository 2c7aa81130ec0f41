/**
 * Shapes and dtypes of operations without running them, from TensorFlow's own inference: see graph.cc, which is compiled
 * beside the binding. Undefined beside tfjs-node's own prebuilt binding, which comes without it.
 */
import { createRequire } from 'node:module';
import { BOUND_TO_ITS_OWN } from './opening';

/** `shape` is undefined where it depends on values. */
export type Output = readonly [dtype: number, shape: number[] | undefined];
/** Adds an operation: `inputs` are names, `attributes` serialised AttrValue messages. Throws what TensorFlow refuses. */
export type Infer = (op: string, name: string, inputs: readonly string[], attributes: Readonly<Record<string, Buffer>>) => Output[];

type Handle = { readonly __graph: never };
type Addon = {
  readonly graph: () => Handle;
  readonly operation: (graph: Handle, ...operation: Parameters<Infer>) => Output[];
};

const load = createRequire(__filename);
let loaded: Addon | null | undefined;

/** A new, empty graph. `FOVEA_GRAPH=off` leaves it out, which is how recording without it is tested. */
export function inference(): Infer | undefined {
  if (process.env['FOVEA_GRAPH'] === 'off') return undefined;
  if (loaded === undefined) loaded = open() ?? null;
  const addon = loaded;
  if (!addon) return undefined;
  const graph = addon.graph();
  return (...operation) => addon.operation(graph, ...operation);
}

function open(): Addon | undefined {
  const opened = { exports: {} };
  try {
    process.dlopen(opened, load.resolve('@tensorflow/tfjs-node/lib/napi-v8/graph.node'), BOUND_TO_ITS_OWN);
    return opened.exports as Addon;
  } catch {
    return undefined;
  }
}

/**
 * The engine under tfjs, chosen once a process: `native` (tfjs-node's binding on the TensorFlow library of the project's
 * Python environment, or tfjs-node's own prebuilt one), else `wasm`; never silently pure JavaScript.
 *
 * Node exports OpenSSL, zlib and other names that TensorFlow also has. Opened the usual way, over a thousand of its
 * symbols would bind to Node's copies; RTLD_DEEPBIND makes it prefer its own.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import nodeUtil from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { finishOpening, openBinding, releaseOpening } from './opening';
import { registerNativeOperations } from './operations/all';
import { repairKernels } from './repairs/all';
import { startWasm } from './wasm';

export type Backend = {
  readonly name: 'native' | 'wasm';
  readonly tensorflow: string | undefined;
  readonly threads: number;
  /** What is running, in one line. */
  readonly line: string;
  /** Why it is not native. */
  readonly reason: string | undefined;
};

const load = createRequire(__filename);

let chosen: Promise<Backend> | undefined;
let current: Backend | undefined;

/** Starts the backend; every call after the first waits for the same one. `FOVEA_BACKEND` and `FOVEA_THREADS` are read here. */
export function ready(): Promise<Backend> {
  chosen ??= choose().then((found) => {
    current = found;
    return found;
  });
  return chosen;
}

/** The running backend, without starting one. */
export function backend(): Backend {
  if (!current) throw new Error('backend: expected a running backend, got none: call `await ready()` first');
  return current;
}

async function choose(): Promise<Backend> {
  const wanted = process.env['FOVEA_BACKEND'] ?? '';
  if (!['', 'native', 'wasm'].includes(wanted)) throw new Error(`ready: expected FOVEA_BACKEND to be native or wasm, got ${wanted}`);
  const threads = threadCount();
  let reason = 'FOVEA_BACKEND=wasm';
  if (wanted !== 'wasm') {
    try {
      return await startNative(threads);
    } catch (error) {
      reason = firstLine(error);
      if (wanted === 'native') throw new Error(`ready: expected the native backend, it did not load (${reason}); run \`npx fovea doctor\``);
    }
  }
  await startWasm();
  const line = `wasm: tfjs ${tf.version_core}, 1 thread (not native: ${reason})`;
  return { name: 'wasm', tensorflow: undefined, threads: 1, line, reason };
}

function threadCount(): number {
  const given = process.env['FOVEA_THREADS'];
  if (given === undefined || given === '') return availableParallelism();
  if (!/^[1-9]\d*$/.test(given)) throw new Error(`ready: expected FOVEA_THREADS to be a whole number from 1, got ${given}`);
  return Number(given);
}

async function startNative(threads: number): Promise<Backend> {
  finishOpening();
  // read by TensorFlow when it first computes
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] = `${threads}`;
  process.env['TF_NUM_INTEROP_THREADS'] = `${threads}`;
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1'; // TensorFlow's default on some processors only; gradients of groups and dilations need it
  // tfjs-node 4.22 calls it on every operation; Node 23 removed it
  const util = nodeUtil as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;

  openBinding(() => load('@tensorflow/tfjs-node'));
  if (!(await tf.setBackend('tensorflow'))) throw new Error('tfjs-node did not start');
  await tf.ready();
  const device = tf.backend() as NodeJSKernelBackend;
  registerNativeOperations(device);
  repairKernels();
  releaseOpening();
  const version = device.binding.TF_Version;
  const line = `native: TensorFlow ${version}, tfjs ${tf.version_core}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return { name: 'native', tensorflow: version, threads, line, reason: undefined };
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);

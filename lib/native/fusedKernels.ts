/**
 * The C++ kernels of native/kernels, compiled beside the binding: TensorFlow operations of ours, registered when the library
 * that holds them is opened. `FOVEA_KERNELS=off` leaves them out, which is how their gain is measured.
 */
import { createRequire } from 'node:module';
import { BOUND_TO_ITS_OWN } from './opening';

const load = createRequire(__filename);

let loaded: boolean | undefined;

/** Opens them once, after the binding; false where they were not compiled. */
export function fusedKernels(): boolean {
  loaded ??= process.env['FOVEA_KERNELS'] !== 'off' && opened();
  return loaded;
}

function opened(): boolean {
  try {
    process.dlopen({ exports: {} }, load.resolve('@tensorflow/tfjs-node/lib/napi-v8/fovea_kernels.node'), BOUND_TO_ITS_OWN);
    return true;
  } catch {
    return false;
  }
}

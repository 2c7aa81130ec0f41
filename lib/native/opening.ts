/** How TensorFlow's libraries are opened: see opening.cc, which is compiled beside the binding. */
import { createRequire } from 'node:module';
import { constants } from 'node:os';

type Addon = Readonly<Record<'enter' | 'leave' | 'begin' | 'finish' | 'release', () => void>>;

const load = createRequire(__filename);

const flags = constants.dlopen as { RTLD_NOW: number; RTLD_DEEPBIND?: number }; // DEEPBIND is Linux only
export const BOUND_TO_ITS_OWN: number = flags.RTLD_NOW | (flags.RTLD_DEEPBIND ?? 0);

/** Undefined beside tfjs-node's own prebuilt binding, which comes without it: then they log, and nothing is begun early. */
function addon(): Addon | undefined {
  try {
    return load('@tensorflow/tfjs-node/lib/napi-v8/opening.node') as Addon;
  } catch {
    return undefined;
  }
}

/** Opens them in a thread of their own while this one does something else, until `openBinding`. No variable of the environment may be set meanwhile. */
export function beginOpening(): void {
  if (process.env['FOVEA_BACKEND'] !== 'wasm') addon()?.begin();
}

/** Waits for what `beginOpening` began. */
export function finishOpening(): void {
  addon()?.finish();
}

/** Runs what opens the binding: bound to its libraries' own symbols, and without the lines they log. */
export function openBinding(body: () => void): void {
  const open = process.dlopen;
  const own = addon();
  process.dlopen = (module: object, path: string, flags: number = constants.dlopen.RTLD_LAZY) =>
    open(module, path, /tfjs_binding/.test(path) ? BOUND_TO_ITS_OWN : flags);
  own?.enter();
  try {
    body();
  } finally {
    own?.leave();
    process.dlopen = open;
  }
}

/** Gives back the memory that only opening needed, once all is open: 250 MB of this process. */
export function releaseOpening(): void {
  addon()?.release();
}

/**
 * The engines by name: what program is started for one, and what it needs. Every engine gets the same environment: so many
 * threads for every library that asks, and the process may use no more processors than that, whatever the library thinks.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from './engineProcess';
import { folders } from './folders';
import { missingPeers } from './peers';
import type { Task } from './task';

type Engine = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** It cannot use more. */
  readonly mostThreads?: number;
};

const node = (script: string, mode: string, rest: Omit<Engine, 'program' | 'args'> = {}): Engine => ({
  program: process.execPath,
  args: [join(__dirname, `${script}.js`), mode],
  ...rest,
});
const python = (script: string, mode: string, env: NodeJS.ProcessEnv = {}): Engine => ({
  program: folders.python,
  args: [join(folders.bench, 'peers', `${script}.py`), mode],
  env,
});
// PyTorch hands its memory back and takes it anew at every step, page by page: a tenth of a training step, less in huge pages
const hugePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

const engines: { readonly [name: string]: Engine } = {
  'fovea compiled': node('ours', 'compiled'),
  'fovea eager': node('ours', 'eager'),
  'fovea without kernels': node('ours', 'compiled', { env: { FOVEA_KERNELS: 'off' } }),
  'tfjs wasm': node('ours', 'eager', { env: { FOVEA_BACKEND: 'wasm' }, mostThreads: 1 }),
  'tfjs-node stock': node('stock', 'layers'),
  'tensorflow function': python('tensorflow_engine', 'function'),
  'torch contiguous': python('torch_engine', 'contiguous'),
  'torch channels-last': python('torch_engine', 'eager'),
  'torch channels-last fused': python('torch_engine', 'eager'),
  'torch sdpa': python('torch_engine', 'eager'),
  'torch sdpa fused': python('torch_engine', 'eager'),
  'torch channels-last fused huge pages': python('torch_engine', 'eager', hugePages),
  'torch sdpa fused huge pages': python('torch_engine', 'eager', hugePages),
  'torch compile': python('torch_engine', 'compile', hugePages),
};

export type EngineName = keyof typeof engines & string;

function engineOf(name: EngineName): Engine {
  const engine = engines[name];
  if (!engine) throw new Error(`engines: expected one of ${Object.keys(engines).join(', ')}, got ${name}`);
  return engine;
}

export const takesPart = (name: EngineName, threads: number): boolean => {
  const { program, mostThreads = threads } = engineOf(name);
  return threads <= mostThreads && (program !== folders.python || missingPeers() === undefined);
};

/** How its process is started. `data` is the file with weights and inputs. */
export function launch(name: EngineName, threads: number, task: Task, data: string): Launch {
  const { program, args, env = {} } = engineOf(name);
  return pinned(threads, { command: program, args: [...args, JSON.stringify(task), data], env: environment(threads, env) });
}

export function environment(threads: number, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['FOVEA_BACKEND', 'FOVEA_KERNELS', 'PYTHONPATH', 'PYTHONHOME']) delete all[name];
  for (const name of ['FOVEA_THREADS', 'OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'])
    all[name] = `${threads}`;
  return {
    ...all,
    PYTHONNOUSERSITE: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    TORCHINDUCTOR_CACHE_DIR: folders.inductor,
    TORCHINDUCTOR_FREEZING: '1',
    ...more,
  };
}

/** Through taskset, on the first of the processors that this process may use. */
export function pinned(threads: number, { command, args, env }: Launch): Launch {
  const processors = allowed();
  if (threads >= processors.length) return { command, args, env };
  return { command: 'taskset', args: ['--cpu-list', processors.slice(0, threads).join(','), command, ...args], env };
}

/** `0-2,5` as [0, 1, 2, 5]. */
export function processorList(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

const allowed = (): number[] => processorList(/^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0');

/**
 * tfjs-node's binding, compiled from the sources in its package against the TensorFlow wheel: a newer, faster TensorFlow
 * than its prebuilt one, and nothing downloaded. Where that cannot be (no compiler, no wheel, another system) its own
 * prebuilt is tried, and without it the lab goes on with wasm. Which of the three, and why, is kept in the stamp.
 * Beside it go opening.node (lib/native/opening.cc), how TensorFlow's libraries are opened, without their log and early,
 * graph.node (lib/native/graph.cc), shapes without computing, and the kernels of ours (kernels.mjs).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from './child.mjs';
import { compileKernels, kernels, kernelsKey } from './kernels.mjs';
import { at, root, binding as target, tensorflowFolder, tfjsNode } from './places.mjs';
import { digest, readStamp, removeStamp, text, writeStamp } from './stamp.mjs';

const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-w', '-shared', '-DNAPI_VERSION=8'];
const DOWNLOAD_LIMIT = 300_000;
const apiHeaders = at('node_modules', 'node-api-headers');
const stamp = join(dirname(target), 'fovea.json');
const opener = { source: at('lib', 'native', 'opening.cc'), target: join(dirname(target), 'opening.node') };
const graph = { source: at('lib', 'native', 'graph.cc'), target: join(dirname(target), 'graph.node') };

export const binding = {
  name: 'TensorFlow binding',
  disk: 0.1e9,
  done() {
    const { key: made, files } = readStamp(stamp);
    return made !== undefined && made === key() && files.every((name) => existsSync(join(dirname(stamp), name)));
  },
  note: () => readStamp(stamp).note,
  async make(log) {
    removeStamp(stamp);
    mkdirSync(dirname(target), { recursive: true });
    const [missing, slow] = await compileAll(log);
    const why = missing ?? (await opens(target, log));
    const none = why && ((await prebuilt(log)) ?? (await opens(target, log)));
    const slower = why ?? slow ?? (await opens(kernels, log));
    if (none) rmSync(target, { force: true });
    if (why) rmSync(graph.target, { force: true }); // it belongs to the binding's own TensorFlow
    if (slower) rmSync(kernels, { force: true });
    const note = none ? wasm(why) : slower && !why ? unfused(slower) : undefined;
    const files = [target, opener.target, graph.target, kernels].filter(existsSync).map((path) => basename(path));
    writeStamp(stamp, { key: key(), note, files });
    return note;
  },
};

/** Everything that the result depends on; its sources change with the package's version. */
function key() {
  const found = compiler();
  const headers = version(apiHeaders);
  const sources = [opener, graph].map(({ source }) => text(source));
  return digest([found, FLAGS, tensorflowFolder(), wheel(), version(tfjsNode), headers, sources, kernelsKey(found?.command)]);
}
const version = (folder) => JSON.parse(text(join(folder, 'package.json'))).version;
const wheel = () =>
  tensorflowFolder() && readdirSync(dirname(tensorflowFolder())).find((name) => /^tensorflow_cpu-.*\.dist-info$/.test(name));

const wasm = ({ what, remedy }) =>
  `${what}: the wasm backend is used instead; everything works, but a CNN trains several times slower. To repair: ${remedy}, then npm start`;

const unfused = ({ what, remedy }) =>
  `${what}: TensorFlow's own operations are used instead; everything works, but training is slower. To repair: ${remedy}, then npm start`;

/** The first C++ compiler there is. */
function compiler() {
  for (const command of [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean)) {
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.split('\n')[0] };
  }
  return undefined;
}

/** For the binding and for the kernels: undefined when compiled, else what was missing and the remedy. */
async function compileAll(log) {
  const folder = tensorflowFolder();
  const found = compiler();
  if (!folder) return [{ what: 'no TensorFlow library for this system', remedy: 'use Linux x86-64 with Python 3.10 to 3.13' }];
  if (!found) return [{ what: 'no C++ compiler (c++, g++ or clang++)', remedy: 'apt install g++' }];
  const include = [join(folder, 'include'), join(apiHeaders, 'include')].flatMap((path) => ['-I', path]);
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => `-l:${name}`);
  // --no-as-needed must stand before the libraries, or the linker drops the second one
  const lookedUp = `-Wl,-rpath,${folder}`;
  const link = ['-L', folder, '-Wl,--no-as-needed', ...libraries, lookedUp];
  const sources = readdirSync(join(tfjsNode, 'binding')).filter((name) => name.endsWith('.cc'));
  const paths = sources.map((name) => join(tfjsNode, 'binding', name));
  const failed = (what, output) => (output === undefined ? output : { what: `${what} (${firstError(output)})`, remedy: `read ${log}` });
  return Promise.all([
    (async () => {
      const output =
        (await compile(found.command, [...include, opener.source, lookedUp], opener.target, log)) ??
        (await compile(found.command, [...include, graph.source, ...link], graph.target, log)) ??
        (await compile(found.command, [...include, '-I', join(tfjsNode, 'binding'), ...paths, ...link], target, log));
      return failed('the binding did not compile', output);
    })(),
    (async () => failed('the kernels did not compile', await compileKernels({ compiler: found.command, include, link, log })))(),
  ]);
}

/** Undefined when it was compiled, else what the compiler printed. */
async function compile(command, args, output, log) {
  const unfinished = `${output}.${process.pid}`;
  try {
    const result = await run(command, [...FLAGS, ...args, '-o', unfinished], { log });
    if (result.code !== 0) return result.output;
    renameSync(unfinished, output);
    return undefined;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Opens it in a process of its own; undefined when that ends well. */
async function opens(path, log) {
  const code = `const { constants: { dlopen } } = require('os');
    process.dlopen({ exports: {} }, ${JSON.stringify(path)}, dlopen.RTLD_NOW | (dlopen.RTLD_DEEPBIND ?? 0));`;
  const { code: status, output } = await run(process.execPath, ['-e', code], { log, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } });
  if (status === 0) return undefined;
  return { what: `${basename(path)} does not load (${firstError(output)})`, remedy: `read ${log}` };
}

/** tfjs-node's own install script downloads a library and a binding; undefined when it did. */
async function prebuilt(log) {
  rmSync(target, { force: true });
  const env = { ...process.env, PATH: `${at('node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}` };
  const { code } = await run(process.execPath, ['scripts/install.js'], { log, env, cwd: tfjsNode, limit: DOWNLOAD_LIMIT });
  return code === 0 && existsSync(target) ? undefined : { what: 'no prebuilt binding', remedy: `read ${log}` };
}

const firstError = (output) =>
  (output.split('\n').find((line) => /error/i.test(line)) ?? output.split('\n')[0]).trim().replaceAll(`${root}/`, '').slice(0, 160);

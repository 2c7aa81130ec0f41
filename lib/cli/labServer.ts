/**
 * JupyterLab as a process of ours: bound to 127.0.0.1 with a token, our kernel preselected, nothing written outside
 * `.jupyter/`, no news, no update check. Its log goes to `.jupyter/lab.log`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { prepareJupyter, processEnvironment, runtimeFolder } from '../kernel/jupyter';
import { KERNEL_NAME, writeKernelspec } from '../kernel/kernelspec';
import { EXIT, UserError } from './error';

export type LabOptions = { readonly root: string; readonly port: number; readonly browser: boolean };

export type Lab = {
  /** With the token: to be shown to the user, not to be logged. */
  readonly url: string;
  readonly origin: string;
  readonly token: string;
  readonly pid: number;
  /** Resolves to its exit code. */
  readonly exited: Promise<number>;
  /** Ends the kernels, then the server. */
  readonly stop: () => Promise<void>;
};

const HOST = '127.0.0.1';
const PORTS_TRIED = 50;
const START_MS = 60_000;
const STOP_MS = 15_000;

export async function startLab({ root, port: wanted, browser }: LabOptions): Promise<Lab> {
  const python = join(root, '.venv', 'bin', 'python');
  if (!existsSync(python))
    throw new UserError('JupyterLab is not set up (no .venv): run `npm start`, or `npx fovea doctor` to see what is missing');
  prepareJupyter(root);
  writeKernelspec(root);
  const port = await freePort(wanted);
  const child = spawn(python, ['-m', 'jupyterlab', ...flags(root, port, browser)], {
    cwd: root,
    env: processEnvironment(root),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches us alone: given to Jupyter too, it would ask whether it is meant
  });
  const tail = keepLog(child, join(root, '.jupyter', 'lab.log'));
  let ended = false;
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(EXIT.failed));
    child.once('exit', (code) => resolve(code ?? EXIT.failed));
  }).finally(() => {
    ended = true;
  });

  const stop = async (): Promise<void> => {
    const impatient = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), STOP_MS);
    child.kill('SIGTERM'); // Jupyter ends its kernels first
    await exited;
    clearTimeout(impatient);
  };

  const record = join(runtimeFolder(root), `jpserver-${child.pid}.json`);
  rmSync(record, { force: true }); // of an earlier server that had the same process id
  for (const end = Date.now() + START_MS; ; await sleep(100)) {
    const server = readRecord(record);
    if (server && (await answers(server))) {
      const origin = `http://${HOST}:${server.port}`;
      const folder = existsSync(join(root, 'notebooks')) ? '/tree/notebooks' : '';
      return { url: `${origin}/lab${folder}?token=${server.token}`, origin, token: server.token, pid: child.pid ?? 0, exited, stop };
    }
    if (ended) throw new UserError(`JupyterLab ended before it answered: ${lastLine(tail())}; see .jupyter/lab.log`, EXIT.failed);
    if (Date.now() > end) {
      await stop();
      throw new UserError(`JupyterLab did not answer within ${START_MS / 1000} s; see .jupyter/lab.log`, EXIT.failed);
    }
  }
}

function flags(root: string, port: number, browser: boolean): string[] {
  const options = {
    'ServerApp.root_dir': root,
    'ServerApp.ip': HOST,
    'ServerApp.port': port,
    'ServerApp.port_retries': PORTS_TRIED, // another process may have taken it since we looked
    'ServerApp.open_browser': browser ? 'True' : 'False',
    'LabApp.default_url': existsSync(join(root, 'notebooks')) ? '/lab/tree/notebooks' : '/lab',
    'KernelSpecManager.ensure_native_kernel': 'False',
    'KernelSpecManager.allowed_kernelspecs': KERNEL_NAME,
    'MappingKernelManager.default_kernel_name': KERNEL_NAME,
    'LabApp.check_for_updates_class': 'jupyterlab.NeverCheckForUpdate',
    'LabApp.news_url': 'None',
    'LabApp.extension_manager': 'readonly',
    'LanguageServerManager.autodetect': 'False', // it asks npm for its folders, which writes a log into the user's home
  };
  const root0 = process.getuid?.() === 0 ? ['--allow-root'] : [];
  return [...Object.entries(options).map(([name, value]) => `--${name}=${value}`), ...root0];
}

/** The first free port from `wanted` on. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + PORTS_TRIED, 65_536); port++) {
    if (await isFree(port)) return port;
  }
  throw new UserError(`no free port from ${wanted} to ${wanted + PORTS_TRIED - 1}: give another with --port`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

type ServerRecord = { readonly port: number; readonly token: string };

/** The file, readable by its owner alone, in which Jupyter says where it listens. */
function readRecord(path: string): ServerRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ServerRecord;
  } catch {
    return undefined; // not there yet, or half written
  }
}

async function answers({ port, token }: ServerRecord): Promise<boolean> {
  try {
    return (await fetch(`http://${HOST}:${port}/api/status`, { headers: { authorization: `token ${token}` } })).ok;
  } catch {
    return false;
  }
}

/** Keeps the log, without the token, and its end for an error message. */
function keepLog(child: ChildProcess, path: string): () => string {
  const file = createWriteStream(path, { mode: 0o600 });
  file.on('error', () => {}); // a full disk must not end the server
  let tail = '';
  const keep = (data: Buffer): void => {
    const text = data.toString('utf8').replaceAll(/token=\w+/g, 'token=...');
    file.write(text);
    tail = (tail + text).slice(-2000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => tail;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

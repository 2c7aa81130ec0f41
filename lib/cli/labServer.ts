/**
 * JupyterLab as a process of ours: bound to 127.0.0.1 with a token, our kernel preselected, nothing written outside
 * `.jupyter/`, no news, no update check. It ends when this process does, however that ends.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { prepareJupyter, processEnvironment, runtimeFolder } from '../kernel/jupyter';
import { KERNEL_NAME, writeKernelspec } from '../kernel/kernelspec';
import { EXIT, UserError } from './error';
import { freePort, PORTS_TRIED } from './freePort';
import { keepLog } from './labLog';

export type LabOptions = { readonly root: string; readonly port: number; readonly browser: boolean };

export type Lab = {
  /** With the token: to be shown to the user, not to be logged. */
  readonly url: string;
  readonly origin: string;
  readonly token: string;
  readonly pid: number;
  /** The path of its log, from the project's folder. */
  readonly log: string;
  /** Resolves to its exit code. */
  readonly exited: Promise<number>;
  /** Ends the kernels, then the server. */
  readonly stop: () => Promise<void>;
};

const HOST = '127.0.0.1';
const START_MS = 60_000;
const STOP_MS = 15_000;

/**
 * JupyterLab that ends when its standard input does: nothing is ever written there, and the system closes it even where this
 * process is killed. Ending, Jupyter may take 8 s for its kernels; those left notice by themselves.
 */
const JUPYTERLAB = `
import os, runpy, signal, threading, time
def end_with_the_lab():
    while os.read(0, 1): pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(8)
    os._exit(1)
threading.Thread(target=end_with_the_lab, daemon=True).start()
runpy.run_module('jupyterlab', run_name='__main__', alter_sys=True)
`;

export async function startLab({ root, port: wanted, browser }: LabOptions): Promise<Lab> {
  const python = join(root, '.venv', 'bin', 'python');
  if (!existsSync(python))
    throw new UserError('JupyterLab is not set up (no .venv): run `npm start`, or `npx fovea doctor` to see what is missing');
  prepareJupyter(root);
  writeKernelspec(root);
  const port = await freePort(wanted, HOST);
  const child = spawn(python, ['-c', JUPYTERLAB, ...flags(root, port, browser)], {
    cwd: root,
    env: processEnvironment(root),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches us alone: given to Jupyter too, it would ask whether it is meant
  });
  const { path, lastLine } = keepLog(child, join(root, '.jupyter', `lab-${port}.log`));
  const log = relative(root, path);
  let ended = false;
  let unstarted: string | undefined;
  const exited = new Promise<number>((resolve) => {
    child.once('error', ({ message }) => {
      unstarted = message;
      resolve(EXIT.failed);
    });
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
      return { url: `${origin}/lab${folder}?token=${server.token}`, origin, token: server.token, pid: child.pid ?? 0, log, exited, stop };
    }
    if (ended) throw new UserError(`JupyterLab ended before it answered: ${unstarted ?? lastLine()}; see ${log}`, EXIT.failed);
    if (Date.now() > end) {
      await stop();
      throw new UserError(`JupyterLab did not answer within ${START_MS / 1000} s; see ${log}`, EXIT.failed);
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

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

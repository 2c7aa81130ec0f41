/** The way from JupyterLab to a running kernel. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../../native/projectRoot';
import { type Checker, Fault } from './check';

const AGAIN = 'npm start -- --once';

export const zeromqLoads: Checker = {
  name: 'zeromq',
  repair: 'npm ci --ignore-scripts, then npm start -- --once',
  look: async () => {
    const { version } = await import('zeromq');
    return `loads, libzmq ${version}`;
  },
};

export const jupyterLab: Checker = {
  name: 'JupyterLab',
  repair: AGAIN,
  look: () => {
    const venv = join(projectRoot(), '.venv');
    const python = process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
    if (!existsSync(python)) throw new Fault('there is no Python environment in .venv');
    const ask = 'import importlib.metadata as m; print(m.version("jupyterlab"), m.version("plotly"))';
    const [lab, plotly] = execFileSync(python, ['-c', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .split(' ');
    const extension = join(venv, 'share', 'jupyter', 'labextensions', 'jupyterlab-plotly', 'package.json');
    if (!existsSync(extension)) throw new Fault(`JupyterLab ${lab} has no plotly extension: expected ${extension}`);
    return `${lab}, plotly extension ${plotly}`;
  },
};

export const kernelspec: Checker = {
  name: 'kernelspec',
  repair: AGAIN,
  look: async () => {
    const { kernelspecPath } = await import('../../kernel/kernelspec.js');
    const path = kernelspecPath(projectRoot());
    if (!existsSync(path)) throw new Fault(`expected ${path}, there is none`);
    const { argv } = JSON.parse(readFileSync(path, 'utf8')) as { argv?: string[] };
    const [node, ...rest] = argv ?? [];
    const launcher = rest.find((argument) => argument.endsWith('.js'));
    if (!node || !launcher) throw new Fault(`${path}: expected argv with a Node and a launcher, got ${JSON.stringify(argv)}`);
    accessSync(node, constants.X_OK);
    accessSync(launcher, constants.R_OK);
    if (!launcher.startsWith(projectRoot())) throw new Fault(`${path}: names the launcher of another folder, ${launcher}`);
    return path;
  },
};

export const kernelAnswers: Checker = {
  name: 'kernel',
  repair: AGAIN,
  look: async () => {
    const { startKernel } = await import('../../kernel/protocol/client.js');
    const kernel = await startKernel({ cwd: projectRoot(), startMs: 60_000 });
    try {
      const { reply, published } = await kernel.execute('console.log(1 + 1)');
      const printed = published.filter(({ header }) => header.msg_type === 'stream').map(({ content }) => content.text);
      if (reply.status !== 'ok' || printed.join('').trim() !== '2') {
        throw new Fault(`expected 1 + 1 to print 2, got ${JSON.stringify(printed.join('') || reply)}`);
      }
      return `started, and 1 + 1 is 2 (TypeScript ${typescriptOfCells()})`;
    } finally {
      await kernel.shutdown();
    }
  },
};

const typescriptOfCells = (): string => (createRequire(__filename)('@tslab/typescript-for-tslab') as { version: string }).version;

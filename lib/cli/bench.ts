/**
 * `fovea bench`: ours beside PyTorch, TensorFlow and stock tfjs. The workloads lie in bench/, a user of this library as any
 * other, and are compiled when they are asked for.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import { projectRoot } from '../native/projectRoot';
import { EXIT, UserError } from './error';

type Workload = { readonly name: string };
/** What bench/main.ts exports. */
type Bench = {
  readonly all: readonly Workload[];
  readonly chosen: (name: string | undefined) => readonly Workload[];
  readonly bench: (name: string | undefined, options: { json: boolean }) => Promise<boolean>;
  readonly installPeers: (say: (line: string) => void) => void;
};
type Options = { json?: boolean; installPeers?: boolean };

const load = createRequire(__filename);

export function bench(): Command {
  return new Command('bench')
    .description('time ours beside the peers that are installed')
    .argument('[name]', 'a workload, or the first word of several (default: the standard set, about 20 minutes on 2 cores)')
    .option('--json', 'print the rows as one array')
    .option('--install-peers', 'first install PyTorch and TensorFlow with their Python into .bench')
    .action(async (name: string | undefined, { json = false, installPeers = false }: Options) => {
      // the engines end when this process does
      process.once('SIGINT', () => process.exit(EXIT.interrupted));
      process.once('SIGTERM', () => process.exit(EXIT.terminated));
      const compiled = load(compile()) as Bench;
      if (compiled.chosen(name).length === 0) {
        const names = compiled.all.map((workload) => workload.name).join(', ');
        throw new UserError(`${name}: no such workload; there are ${names}`);
      }
      if (installPeers) compiled.installPeers((line) => process.stderr.write(`${line}\n`));
      process.exitCode = (await compiled.bench(name, { json })) ? EXIT.done : EXIT.failed;
    });
}

/** bench/dist/main.js, made anew from what has changed. */
function compile(): string {
  const folder = join(projectRoot(), 'bench');
  if (!existsSync(folder))
    throw new UserError(`${folder}: no such folder; the bench comes with a clone of the project, not with the package alone`);
  const { status, stdout } = spawnSync(process.execPath, [load.resolve('typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`bench does not compile: ${stdout.trim().split('\n')[0]}`);
  return join(folder, 'dist', 'main.js');
}

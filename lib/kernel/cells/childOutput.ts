/**
 * Programs that a cell starts with `stdio: 'inherit'` would write to the kernel's own stdout and stderr, which nobody sees:
 * here they write into the cell's output.
 */
import childProcess, { ChildProcess, type SpawnSyncOptions, type SpawnSyncReturns, type StdioOptions } from 'node:child_process';

type Options = { stdio?: StdioOptions | undefined };
type Spawning = { spawn: (options: Options) => number };

/**
 * To be called once in a process, after its stdout and stderr have become those of cells. `waiting` is run around what
 * blocks the thread until a program ends, so that an interrupt ends the program.
 */
export function installChildOutput(waiting: <T>(body: () => T) => T): void {
  const prototype = ChildProcess.prototype as unknown as Spawning;
  const { spawn } = prototype;
  prototype.spawn = function (this: ChildProcess, options) {
    const { stdio, redirected } = toPipes(options.stdio);
    const result = spawn.call(this, { ...options, stdio });
    for (const name of redirected) this[name]?.on('data', (data) => process[name].write(data));
    return result;
  };

  const { spawnSync, execFileSync, execSync } = childProcess;
  const run = (file: string, args: readonly string[], options: SpawnSyncOptions = {}): Finished => {
    const { stdio, redirected } = toPipes(options.stdio);
    const result = waiting(() => spawnSync(file, args, redirected.length > 0 ? { ...options, stdio } : options));
    for (const name of redirected) process[name].write(result[name] ?? '');
    return result;
  };
  const inherits = (options: unknown): boolean => toPipes((options as Options | undefined)?.stdio).redirected.length > 0;
  Object.assign(childProcess, {
    spawnSync: (file: string, args?: readonly string[] | SpawnSyncOptions, options?: SpawnSyncOptions) =>
      isList(args) ? run(file, args, options) : run(file, [], args ?? options),
    execFileSync: (file: string, args?: readonly string[] | SpawnSyncOptions, options?: SpawnSyncOptions) => {
      const [list, given] = isList(args) ? [args, options] : [[], args ?? options];
      if (!inherits(given)) return waiting(() => execFileSync(file, list, given));
      return checked(run(file, list, given), [file, ...list].join(' '), given?.stdio);
    },
    execSync: (command: string, options?: SpawnSyncOptions & { shell?: string }) => {
      if (!inherits(options)) return waiting(() => execSync(command, options));
      return checked(run(command, [], { ...options, shell: options?.shell ?? true }), command, options?.stdio);
    },
  });
}

type Finished = SpawnSyncReturns<string | Buffer>;

const isList = (args: unknown): args is readonly string[] => Array.isArray(args);

/** As Node's own: an inherited stdout leaves nothing to return. */
function checked(result: Finished, command: string, stdio: StdioOptions | undefined): string | Buffer | null {
  if (result.error) throw result.error;
  if (result.status !== 0) throw Object.assign(new Error(`Command failed: ${command}`), result);
  return toPipes(stdio).redirected.includes('stdout') ? null : result.stdout;
}

type Name = 'stdout' | 'stderr';

/** The same, with pipes for what is inherited of the two. */
function toPipes(stdio: StdioOptions | undefined): { stdio: StdioOptions | undefined; redirected: Name[] } {
  if (stdio !== 'inherit' && !Array.isArray(stdio)) return { stdio, redirected: [] };
  const list = Array.isArray(stdio) ? [...stdio] : (['inherit', 'inherit', 'inherit'] as const).slice();
  const redirected: Name[] = [];
  for (const [at, name] of [
    [1, 'stdout'],
    [2, 'stderr'],
  ] as const) {
    if (!['inherit', at, process[name]].includes(list[at] as never)) continue;
    list[at] = 'pipe';
    redirected.push(name);
  }
  return { stdio: list, redirected };
}

/**
 * Programs that a cell starts with `stdio: 'inherit'` would write to the kernel's own stdout and stderr, which nobody sees:
 * here they write into the cell's output.
 */
import childProcess, { ChildProcess, type SpawnSyncReturns, type StdioOptions } from 'node:child_process';

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
  const withPipes = <T extends Options>(options: T | undefined): { options: T; redirected: Name[] } => {
    const { stdio, redirected } = toPipes(options?.stdio);
    return { options: (redirected.length > 0 ? { ...options, stdio } : options) as T, redirected };
  };
  const run = (file: string, args: unknown, options: unknown): SpawnSyncReturns<string | Buffer> => {
    const list = Array.isArray(args) ? args : [];
    const given = withPipes((Array.isArray(args) ? options : args) as Options | undefined);
    const result = waiting(() => spawnSync(file, list, given.options));
    for (const name of given.redirected) process[name].write(result[name] ?? '');
    return result;
  };
  // what these two throw or return is Node's business; only what is inherited is changed
  const checked =
    (original: (...given: never[]) => unknown) =>
    (...given: unknown[]): unknown => {
      const at = given.findIndex((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
      const { options, redirected } = withPipes(given[at] as Options | undefined);
      if (redirected.length === 0) return waiting(() => original(...(given as never[])));
      try {
        const changed = given.map((one, index) => (index === at ? options : one));
        const out = waiting(() => original(...(changed as never[])));
        if (redirected.includes('stdout')) process.stdout.write((out ?? '') as string);
        return null; // as with an inherited stdout
      } catch (error) {
        for (const name of redirected) process[name].write((error as SpawnSyncReturns<string>)[name] ?? '');
        throw error;
      }
    };
  Object.assign(childProcess, { spawnSync: run, execFileSync: checked(execFileSync), execSync: checked(execSync) });
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

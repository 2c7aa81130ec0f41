/** `fovea lab`: JupyterLab with the TypeScript kernel and the notebooks, until Ctrl-C. */
import { Command, InvalidArgumentError } from 'commander';
import { projectRoot } from '../native/projectRoot';
import { EXIT } from './error';
import { startLab } from './labServer';

type Options = { port: number; browser: boolean };

export function lab(): Command {
  return new Command('lab')
    .description('start JupyterLab with the TypeScript kernel, opened at the notebooks')
    .option('--port <n>', 'the port to listen on; a busy one picks the next', portNumber, 8888)
    .option('--no-browser', 'do not open a browser')
    .action(async ({ port, browser }: Options) => {
      process.exitCode = await serve(port, browser);
    });
}

async function serve(port: number, browser: boolean): Promise<number> {
  const asked = { interrupted: false, terminated: false };
  let stop: (() => void) | undefined;
  const ask = (how: keyof typeof asked) => (): void => {
    asked[how] = true;
    stop?.();
  };
  process.on('SIGINT', ask('interrupted'));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, ask('terminated'));

  const server = await startLab({ root: projectRoot(), port, browser });
  let stopping = asked.interrupted || asked.terminated;
  stop = () => {
    if (stopping) return;
    stopping = true;
    process.stderr.write('fovea lab: ending the kernels and the server\n');
    void server.stop();
  };
  if (stopping) void server.stop();
  else process.stdout.write(`JupyterLab is at ${server.url}\nCtrl-C ends it.\n`);

  const code = await server.exited;
  if (asked.terminated) return EXIT.terminated;
  if (asked.interrupted) return EXIT.done; // Ctrl-C is how it is ended
  if (code !== 0) process.stderr.write(`fovea lab: JupyterLab ended by itself with code ${code}; see ${server.log}\n`);
  return code === 0 ? EXIT.done : EXIT.failed;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new InvalidArgumentError('expected a whole number from 1 to 65535.');
  return port;
}

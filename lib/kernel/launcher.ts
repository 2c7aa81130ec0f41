/**
 * The kernel's process: `node launcher.js --config-path <connection file>`, started by Jupyter or by
 * `fovea run`. tslab compiles the cells; sockets, execution, output, errors and interrupts are ours.
 */
import { readFileSync } from 'node:fs';
import { beginOpening, finishOpening } from '../native/opening';
import { projectRoot } from '../native/projectRoot';
import { ContextsLeft, currentCell, installLeaveContexts, installSignal } from './cells/cellContext';
import { installCellRequests } from './cells/cellRequests';
import { cellSources } from './cells/cellSources';
import { installCellTimers, pendingTimers } from './cells/cellTimers';
import { installChildOutput } from './cells/childOutput';
import { cellExecutor } from './cells/executor';
import { installExit } from './cells/exit';
import { cellInputs } from './cells/input';
import { flushOutputs } from './cells/output';
import { pendingWork } from './cells/pendingWork';
import { cellSession } from './cells/session';
import { installNoStandardInput } from './cells/standardInput';
import { installStreams } from './cells/streams';
import { loadCompiler } from './compile/compiler';
import { language } from './editor/language';
import { installStacks } from './errors/stacks';
import { startControlThread } from './protocol/controlThread';
import type { Connection } from './protocol/message';
import { bindServer } from './protocol/server';

const EXIT_MS = 1000;
const WARM_MS = 50;
const { setTimeout } = globalThis; // the process's own: installCellTimers replaces them for everybody else

async function start(configPath: string): Promise<void> {
  const connection = JSON.parse(readFileSync(configPath, 'utf8')) as Connection;
  const control = await startControlThread(connection);
  delete process.env.FOVEA_PARENT; // read by the control thread, and not meant for what cells start
  const server = await bindServer(connection);
  installCellTimers();
  installNoStandardInput();
  installSignal(control.setWatching);
  installLeaveContexts();
  beginOpening(); // TensorFlow's libraries, while TypeScript is read
  const compiler = loadCompiler();
  process.setSourceMapsEnabled(true); // the library's frames have TypeScript lines; from here on, as Node searches all it loads for maps
  const write = installStreams(currentCell);
  const log = (text: string): void => {
    finishOpening(); // until then standard error points elsewhere
    write(text);
  };
  installChildOutput(control.inProgram);
  installExit(control);

  const root = projectRoot();
  const sources = cellSources();
  installStacks(sources);
  const executor = cellExecutor(compiler, sources, process.cwd(), control.shield);
  let started: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    started ??= startBackend(log);
    return started;
  };
  const asked = language(compiler, executor, libraryVersion());
  const session = cellSession({
    executor,
    explain: asked.explain,
    sources,
    publish: server.publish,
    reply: server.reply,
    control,
    ready,
    drained: server.drained,
    root,
  });
  const inputs = cellInputs(server.ask, session.running);
  installCellRequests(inputs);

  // while the notebook is being read, so that its first cell starts at once
  const warm = (): void => {
    executor.converter();
    compiler.keepCode();
    void control.shieldUntil(ready()).catch(() => {});
  };

  const shutDown = async (): Promise<void> => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), EXIT_MS).unref(); // whatever holds it up
    executor.close();
    await control.close();
    server.close();
    finishOpening(); // a process must not exit while its libraries are opened
    process.exit(0); // also with timers of cells alive
  };

  server.serve(
    {
      execute: session.execute,
      running: session.running,
      shutDown,
      input: inputs.answered,
      failed: (error) => log(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`),
      answers: {
        kernel_info_request: () => {
          flushOutputs(); // who asks may want to know that all has come
          setTimeout(warm, WARM_MS);
          return { ...asked.kernelInfo(), fovea: { pending: pendingTimers() + pendingWork() } };
        },
        complete_request: (content) => control.shield(() => asked.complete(content)),
        inspect_request: (content) => control.shield(() => asked.inspect(content)),
        is_complete_request: asked.isComplete,
        history_request: session.history,
        comm_info_request: () => ({ status: 'ok', comms: {} }), // there are none, of whatever target
        interrupt_request: () => {
          session.interrupt(); // by the shell socket; those by the control socket its thread answers
          return { status: 'ok' };
        },
      },
    },
    control,
  );
  control.onTerminated(session.terminated);
  process.on('SIGINT', () => session.interrupt(control.meant()));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      if (error instanceof ContextsLeft) return;
      if (!session.uncaught(currentCell(), error)) log(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
    });
  }
}

async function startBackend(log: (text: string) => void): Promise<void> {
  const { ready } = await import('../native/backend.js');
  log(`${(await ready()).line}\n`);
}

function libraryVersion(): string {
  return (require('../../package.json') as { version: string }).version;
}

const at = process.argv.indexOf('--config-path');
const configPath = at < 0 ? undefined : process.argv[at + 1];
if (configPath === undefined) {
  process.stderr.write('launcher: expected --config-path <connection file>; Jupyter and `fovea run` start it with one\n');
  process.exit(2);
}
start(configPath).catch((error: unknown) => {
  finishOpening();
  process.stderr.write(`launcher: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});

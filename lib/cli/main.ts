/** `fovea`: one file a command. Errors are one line on stderr, and the exit codes are those of `error.ts`. */
import { Command, CommanderError } from 'commander';
import { bench } from './bench';
import { doctor } from './doctor';
import { EXIT, UserError } from './error';
import { exportCommand } from './export';
import { lab } from './lab';
import { notebooks } from './notebooks';
import { run } from './run';

const { version } = require('../../package.json') as { version: string };

function program(): Command {
  const all = new Command('fovea')
    .description('attention in image recognition: notebooks, experiments, figures')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} }); // said by `report`, with the command's name
  for (const command of [lab(), run(), exportCommand(), notebooks(), bench(), doctor()]) all.addCommand(command);
  inherit(all);
  return all;
}

function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}

/** What went wrong, in one line, and the exit code for it. */
function report(error: unknown, words: readonly string[]): number {
  const known = error instanceof CommanderError && error.code === 'commander.unknownCommand' ? [] : words.slice(0, 1);
  const name = ['fovea', ...known.filter((word) => /^[a-z]+$/.test(word))].join(' ');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done; // --help, --version
    if (error.code === 'commander.help') return EXIT.usage; // the help is what was said
    return say(name, `${error.message.replace(/^error: /, '')}; see ${name} --help`, EXIT.usage, words);
  }
  if (process.env.FOVEA_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return say(
    name,
    error instanceof Error ? error.message : String(error),
    error instanceof UserError ? error.exitCode : EXIT.failed,
    words,
  );
}

function say(name: string, message: string, exitCode: number, words: readonly string[]): number {
  const line = message.replaceAll('\n', ' ');
  process.stderr.write(`${name}: ${line}\n`);
  if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ ok: false, exitCode, error: line })}\n`);
  return exitCode;
}

/** `fovea run x | head`: a reader that has gone is no error of ours, and what runs goes on. A full disk is. */
function watchStreams(): void {
  let unwritten = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE' || unwritten) return;
      unwritten = true;
      if (stream === process.stdout) process.stderr.write(`fovea: stdout cannot be written: ${message}\n`);
    });
  }
  process.on('exit', (code) => {
    if (unwritten && code === EXIT.done) process.exitCode = EXIT.failed;
  });
}

async function main(words: readonly string[]): Promise<void> {
  watchStreams();
  try {
    await program().parseAsync([...words], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, words);
  }
}

void main(process.argv.slice(2));

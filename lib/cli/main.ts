/** `fovea`: one file a command. Errors are one line on stderr, and the exit codes are those of `error.ts`. */
import { Command, CommanderError } from 'commander';
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
  for (const command of [lab(), run(), exportCommand(), notebooks(), doctor()]) all.addCommand(command);
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
    const message = error.code === 'commander.help' ? '' : `${error.message.replace(/^error: /, '')}; see ${name} --help`;
    if (message !== '') process.stderr.write(`${name}: ${message.replaceAll('\n', ' ')}\n`);
    return EXIT.usage;
  }
  const { message } = error instanceof Error ? error : { message: String(error) };
  process.stderr.write(`${name}: ${message.replaceAll('\n', ' ')}\n`);
  if (process.env.FOVEA_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof UserError ? error.exitCode : EXIT.failed;
}

async function main(words: readonly string[]): Promise<void> {
  // `fovea run x | head`: the reader has gone, which is no error of ours
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed));
  try {
    await program().parseAsync([...words], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, words);
  }
}

void main(process.argv.slice(2));

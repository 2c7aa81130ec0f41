/** lib/ compiled to lib/dist. Whether anything changed is seen from sizes and times of the sources, in milliseconds. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { at } from './places.mjs';
import { Problem } from './problem.mjs';
import { digest, readStamp, removeStamp, writeStamp } from './stamp.mjs';

const stamp = at('lib', 'dist', 'fovea-build.json');

export const library = {
  name: 'library',
  disk: 0.05e9,
  done: () => existsSync(at('lib', 'dist', 'index.js')) && readStamp(stamp).key === sourcesKey(),
  async make(log) {
    const key = sourcesKey(); // before the compiler runs: a file saved meanwhile counts as changed
    removeStamp(stamp);
    const { code, output } = await run(
      process.execPath,
      [at('node_modules', 'typescript', 'bin', 'tsc'), '-b', 'lib', '--pretty', 'false'],
      { log },
    );
    if (code !== 0) {
      const errors = output.split('\n').filter((line) => /error TS\d+/.test(line));
      const shown = errors.slice(0, 5).map((line) => `\n         ${line}`);
      throw new Problem(`lib does not compile, ${errors.length} error${errors.length === 1 ? '' : 's'}:${shown.join('')}`, {
        remedy: 'correct the lines named, then repeat (git diff lib shows what was changed)',
        log,
      });
    }
    writeStamp(stamp, { key });
  },
};

export function sourcesKey() {
  const files = ['package-lock.json', ...sources('lib')];
  return digest(files.map((path) => [path, statSync(at(path)).size, statSync(at(path)).mtimeMs]));
}

function sources(folder) {
  return readdirSync(at(folder), { withFileTypes: true })
    .filter(({ name }) => !['dist', 'node_modules'].includes(name))
    .flatMap((entry) =>
      entry.isDirectory() ? sources(join(folder, entry.name)) : /\.(ts|json)$/.test(entry.name) ? [join(folder, entry.name)] : [],
    )
    .sort();
}

/**
 * The Node packages, exactly as package-lock.json names them. No package's own install script is run: the one that would
 * matter (tfjs-node's, which downloads a library) is replaced by our step `binding`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { root } from './places.mjs';
import { demandProxy, explain } from './registry.mjs';
import { text } from './stamp.mjs';

export const nodePackages = {
  name: 'Node packages',
  disk: 0.9e9,
  done: installedAsLocked,
  async make(log) {
    await demandProxy();
    const npm = npmCommand();
    const quick = ['--fetch-retries=2', '--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'];
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', root, ...quick];
    const result = await run(npm[0], [...npm.slice(1), ...args], { log });
    if (result.code !== 0) throw explain('npm ci', result, log);
  },
};

/** npm keeps the list of what it installed in node_modules and writes it last: equal lists mean a finished installation. */
export function installedAsLocked(folder = root) {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const has = JSON.parse(text(installed)).packages;
  const wanted = JSON.parse(text(join(folder, 'package-lock.json'))).packages;
  const asWanted = ([path, { version, integrity, optional, link }]) => {
    const found = has[path];
    if (!found) return optional === true; // made for another system
    return link || (found.version === version && found.integrity === integrity && existsSync(join(folder, path, 'package.json')));
  };
  const packages = Object.entries(wanted).filter(([path]) => path.includes('node_modules/'));
  return packages.every(asWanted) && Object.keys(has).every((path) => path in wanted);
}

/** The npm that started us, else the one on the PATH. */
const npmCommand = () => {
  const started = process.env.npm_execpath;
  if (started && /npm-cli\.c?js$/.test(started)) return [process.execPath, started];
  const beside = join(process.execPath, '..', 'node_modules', 'npm', 'bin', 'npm-cli.js'); // Windows
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
};

/**
 * `npm start` and `npm test`: everything that lies between a clone and a running lab, with nothing but Node's own modules.
 *
 *   node scripts/setup.mjs start [--once] [options of `fovea lab`]     set up, prove it once, open JupyterLab
 *   node scripts/setup.mjs test [types lint unit wasm notebooks browser setup]     set up, then check; without a name everything
 *
 * Only this file is read by a Node that is too old, so it keeps to plain syntax and loads the rest afterwards.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`setup: expected Node 20.19 or later (20, 22 and 24 are tested), got ${process.versions.node} at ${process.execPath}`);
  console.error(
    '       to repair: install a current Node (Debian and Ubuntu: the package nodejs, or a version manager such as nvm), then repeat',
  );
  process.exitCode = 1;
} else {
  import('./setup/main.mjs').then(({ main }) => main(process.argv.slice(2)));
}

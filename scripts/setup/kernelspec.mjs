/** The kernel's entry for Jupyter. It names this very Node and this folder, so it is written at every start. */
import { createRequire } from 'node:module';
import { at, root } from './places.mjs';

export const kernelspec = {
  name: 'Jupyter kernel',
  disk: 0,
  always: true,
  done: () => false,
  async make() {
    createRequire(import.meta.url)(at('lib', 'dist', 'kernel', 'kernelspec.js')).writeKernelspec(root);
  },
};

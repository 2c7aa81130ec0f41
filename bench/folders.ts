/** Where the bench keeps what it makes: peers, their compiled code, and the results, all below .bench, which git ignores. */
import { join } from 'node:path';
import { projectRoot } from 'fovea/dist/native/projectRoot';

const made = join(projectRoot(), '.bench');

export const folders = {
  bench: join(projectRoot(), 'bench'),
  made,
  environment: join(made, 'venv'),
  python: join(made, 'venv', 'bin', 'python'),
  inductor: join(made, 'inductor'),
  results: join(made, 'results'),
} as const;

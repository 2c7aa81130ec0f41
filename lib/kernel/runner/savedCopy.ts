/**
 * The executed copy of a notebook on the disk: written whole or not at all, now and then while the notebook runs, so that
 * little is lost when the runner itself is killed. A copy that cannot be written does not end the run.
 */
import { type Notebook, writeNotebook } from '../notebook/notebook';

export type SavedCopy = {
  readonly save: () => void;
  /** Saves unless that was done a moment ago. */
  readonly soon: () => void;
  /** Why the last attempt failed, if it did. */
  readonly problem: () => string | undefined;
  readonly close: () => void;
};

const SOON_MS = 2000;
const WHILE_MS = 30_000;

export function savedCopy(path: string, notebook: Notebook): SavedCopy {
  let problem: string | undefined;
  let last = 0;
  const save = (): void => {
    try {
      writeNotebook(path, notebook);
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    last = Date.now(); // after it: a slow disk is not kept busy
  };
  const timer = setInterval(save, WHILE_MS);
  return {
    save,
    soon: () => {
      if (Date.now() - last > SOON_MS) save();
    },
    problem: () => problem,
    close: () => clearInterval(timer),
  };
}

/** Empties the output of the cell that runs now. */
import { cellRequests } from './cellRequests';

export type ClearOutputOptions = {
  /** Leaves the old output until there is something new, so that what is redrawn does not flicker. */
  readonly wait?: boolean;
};

/** Removes what the cell has printed and shown so far. Outside a notebook it does nothing. */
export function clearOutput({ wait = false }: ClearOutputOptions = {}): void {
  cellRequests()?.clearOutput(wait);
}

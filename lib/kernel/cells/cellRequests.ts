/** What code of a cell may ask of the kernel beside showing things, where the library finds it: `lib/display/cellRequests.ts`. */
import type { CellRequests } from '../../display/cellRequests';
import { CELL_REQUESTS } from '../../display/cellRequests';
import { currentCell } from './cellContext';
import type { Inputs } from './input';

export function installCellRequests(inputs: Inputs): void {
  const requests: CellRequests = {
    clearOutput: (wait) => {
      const cell = currentCell();
      if (cell && !cell.stopped) cell.output.send('clear_output', { wait });
    },
    input: async (prompt, hidden) => inputs.ask(currentCell()!, prompt, hidden),
  };
  Object.defineProperty(globalThis, CELL_REQUESTS, { value: requests });
}

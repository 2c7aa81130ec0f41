/** A notebook in memory of these code cells. */
import type { Cell, Notebook, Output } from '../../lib/kernel/notebook/notebook';

export type GivenCell = string | { source: string; outputs?: Output[]; tags?: string[]; markdown?: true };

export const notebookOf = (...given: readonly GivenCell[]): Notebook => ({
  cells: given.map((one, index): Cell => {
    const { source, outputs = [], tags, markdown } = typeof one === 'string' ? { source: one } : one;
    const shared = { id: `${index}`, metadata: tags ? { tags } : {}, source };
    return markdown ? { cell_type: 'markdown', ...shared } : { cell_type: 'code', execution_count: null, outputs, ...shared };
  }),
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

/** A notebook of these cells, as `fovea notebooks clean` writes it. */
import { canonical } from '../../lib/kernel/notebook/canonical';
import { parseNotebook } from '../../lib/kernel/notebook/notebook';

export type CellOf =
  | string
  | { readonly source: string; readonly outputs?: readonly object[]; readonly raw?: true; readonly tags?: readonly string[] };

export function notebookText(given: readonly CellOf[]): string {
  const cells = given.map((one, index) => {
    const { source, outputs = [], raw, tags } = typeof one === 'string' ? { source: one } : one;
    const shared = { id: `cell-${index}`, metadata: tags ? { tags } : {}, source };
    return raw ? { cell_type: 'raw', ...shared } : { cell_type: 'code', execution_count: null, outputs, ...shared };
  });
  const text = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
  return canonical(parseNotebook(text), text).text;
}

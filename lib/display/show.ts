/**
 * Shows a figure in a notebook as one bundle: the interactive specification, a PNG for readers that run no script (a code
 * host, a converted page), and words. Never html, which would win over vega in JupyterLab; nothing that changes from run
 * to run, so that running a notebook again leaves its file as it was.
 */
import type { Figure } from '../plot/figure';
import { bundleOf } from './bundle';
import { send } from './kernel';

export async function show(figure: Figure): Promise<void> {
  const bundle = await bundleOf(figure);
  if (!send(bundle)) process.stdout.write(`${figure.description}\n`);
}

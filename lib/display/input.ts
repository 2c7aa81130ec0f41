/** Asks the person before the notebook. A notebook that is to run without one has parameters instead. */
import { cellRequests } from './cellRequests';

export type InputOptions = {
  /** Shows dots instead of what is typed. */
  readonly hidden?: boolean;
};

/** What is typed below the cell: `const count = Number(await input('How many? '))`. */
export async function input(prompt = '', { hidden = false }: InputOptions = {}): Promise<string> {
  const requests = cellRequests();
  if (!requests) throw new Error('input: expected to be called in a notebook; a script reads its terminal with node:readline/promises');
  return requests.input(String(prompt), hidden);
}

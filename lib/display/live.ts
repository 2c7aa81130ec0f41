/** A figure whose one output is redrawn while something runs, at most once a second; `done` draws what was held back. */
import { randomUUID } from 'node:crypto';
import type { Figure } from '../plot/figure';
import { bundleOf } from './bundle';
import { send } from './kernel';

export type Live = { readonly update: (figure: Figure) => Promise<void>; readonly done: () => Promise<void> };

export async function live(figure: Figure, interval = 1000): Promise<Live> {
  const id = randomUUID();
  let waiting: Figure | undefined;
  let drawn = 0;
  const draw = async (next: Figure, update: boolean): Promise<void> => {
    waiting = undefined;
    drawn = Date.now();
    send(await bundleOf(next), { id, update });
  };
  await draw(figure, false);
  return {
    update: async (next) => {
      waiting = next;
      if (Date.now() - drawn >= interval) await draw(next, true);
    },
    done: async () => {
      if (waiting) await draw(waiting, true);
    },
  };
}

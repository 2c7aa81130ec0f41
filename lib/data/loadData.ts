/** Data as an experiment names it, `{ kind: 'clutteredFashion', seed: 0, size: 40 }`: plain data, which a record can keep. */
import * as sets from './all';
import type { Split } from './imageSet';

export type DataKind = keyof typeof sets;
export type DataChoice = { [K in DataKind]: { readonly kind: K } & NonNullable<Parameters<(typeof sets)[K]>[0]> }[DataKind];

export async function loadData({ kind, ...options }: DataChoice): Promise<Split> {
  const makers = sets as unknown as { readonly [kind: string]: ((options: object) => Split) | undefined };
  const load = Object.hasOwn(sets, kind) ? makers[kind] : undefined;
  if (!load) throw new Error(`loadData: kind must be one of ${Object.keys(sets).join(', ')}, got ${kind}`);
  return load(options);
}

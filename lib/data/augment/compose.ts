/**
 * One augmentation after the other. A step is plain data, `{ kind: 'shift', pixels: 2 }`, which an experiment can store, or
 * a function of one's own.
 */
import * as augmentations from './all';
import type { Augmentation } from './picture';

export type { Augmentation, Picture } from './picture';

export type AugmentKind = keyof typeof augmentations;
export type AugmentChoice = {
  [K in AugmentKind]: { readonly kind: K } & NonNullable<Parameters<(typeof augmentations)[K]>[0]>;
}[AugmentKind];

export function compose(steps: readonly (AugmentChoice | Augmentation)[]): Augmentation {
  const made = steps.map((step) => (typeof step === 'function' ? step : make(step)));
  return (picture, random) => made.reduce((changed, augment) => augment(changed, random), picture);
}

function make({ kind, ...options }: AugmentChoice): Augmentation {
  const makers: { readonly [kind: string]: ((options: object) => Augmentation) | undefined } = augmentations;
  const maker = Object.hasOwn(augmentations, kind) ? makers[kind] : undefined;
  if (!maker) throw new Error(`compose: kind must be one of ${Object.keys(augmentations).join(', ')}, got ${kind}`);
  return maker(options);
}

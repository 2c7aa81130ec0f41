/** What every loss shares: its type, its reduction, the checks of what it is given. */
import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sumOver } from '../../tensor/ops';

/** `none` hands back a value a place, `sum` their sum, `mean` their mean. */
export type Reduction = 'none' | 'mean' | 'sum';
export type Reduced<R extends string> = R extends 'none' ? Tensor : Scalar;
/** The loss of a prediction, in the target's eyes. */
export type Loss<R extends string = 'mean'> = (prediction: Tensor, target: Tensor) => Reduced<R>;

/** The values reduced; a mean divides by `count`, or by the number of values. */
export function reduce<R extends string>(values: Tensor, reduction: R, count: Tensor | number = values.size): Reduced<R> {
  if (reduction === 'none') return values as Reduced<R>;
  const sum = sumOver<Rank.R0>(values);
  return (reduction === 'sum' ? sum : tf.div(sum, count)) as Reduced<R>;
}

export function checkReduction(who: string, reduction: string, known: readonly string[] = ['none', 'mean', 'sum']): void {
  if (!known.includes(reduction)) throw new Error(`${who}: expected reduction to be one of ${known.join(', ')}, got ${reduction}`);
}

export function checkRange(who: string, name: string, value: number, from: number, to: number): void {
  if (!(value >= from && value <= to)) throw new Error(`${who}: expected ${name} from ${from} to ${to}, got ${value}`);
}

export function checkSameShape(who: string, prediction: Tensor, target: Tensor): void {
  if (!tf.util.arraysEqual(prediction.shape, target.shape))
    throw new Error(`${who}: expected a target of the prediction's shape [${prediction.shape}], got [${target.shape}]`);
  if (prediction.size === 0) throw new Error(`${who}: expected at least one value, got shape [${prediction.shape}]`);
}

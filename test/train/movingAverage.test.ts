import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { averaged, averaging, type MovingAverage } from '../../lib/train/movingAverage';
import { sgd } from '../../lib/train/optimisers/sgd';
import { numbers } from '../tensor/gradients';

/** A weight at 1 that falls by 1 a step; its average after each of three steps. */
function averages(options: MovingAverage): number[] {
  const optimiser = averaging(sgd({ momentum: 0.5 }), options);
  let params = { weight: tf.tensor1d([1]), running: { mean: tf.tensor1d([9]) } };
  let slots = optimiser.init(params);
  const falls = [1, 0.5, 0.5]; // with the momentum: 1 each time
  return falls.map((gradient, index) => {
    const grads = { weight: tf.tensor1d([gradient]) };
    const next = optimiser.update<typeof params>({ weight: params.weight }, grads, slots, tf.scalar(index + 1, 'int32'), tf.scalar(1));
    params = { ...params, ...next.params };
    slots = next.slots;
    expect(numbers(params.weight)).toEqual([0 - index]);
    const all = averaged(params, slots);
    expect(all.running.mean).toBe(params.running.mean);
    return numbers(all.weight)[0]!;
  });
}

describe('the moving average of weights', () => {
  it('begins at the first weights and follows: 1, then half of it and half of 0, -1, -2', () => {
    expect(averages({ decay: 0.5 })).toEqual([0.5, -0.25, -1.125]);
  });

  it('follows closely at first: decays of 2/11, 3/12, 4/13', () => {
    const first = 2 / 11;
    const second = -1 + (first + 1) / 4;
    const third = -2 + ((second + 2) * 4) / 13;
    averages({ decay: 0.999, warmup: true }).forEach((value, index) => {
      expect(value).toBeCloseTo([first, second, third][index]!, 6);
    });
  });

  it('is the parameters themselves where there is none', () => {
    const params = { weight: tf.tensor1d([1]) };
    expect(averaged(params, sgd().init(params))).toBe(params);
  });

  it('refuses a decay of 1, which would never move', () => {
    expect(() => averaging(sgd(), { decay: 1 })).toThrow('average: expected decay to be a number from 0 and below 1, got 1');
  });
});

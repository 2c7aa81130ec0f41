import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { makeOptimiser, type OptimiserChoice } from '../../lib/train/optimisers/choice';
import { numbers } from '../tensor/gradients';

/** One weight at 1 under these gradients, at rate 0.5. */
function path(choice: OptimiserChoice, gradients: readonly number[]): number[] {
  const optimiser = makeOptimiser(choice);
  let params = { weight: tf.tensor1d([1]) };
  let slots = optimiser.init(params);
  return gradients.map((g, index) => {
    const grads = { weight: tf.tensor1d([g]) };
    ({ params, slots } = optimiser.update<typeof params>(params, grads, slots, tf.scalar(index + 1, 'int32'), tf.scalar(0.5)));
    return numbers(params.weight)[0]!;
  });
}

describe('optimisers', () => {
  it('sgd dampens from the second gradient on: 1, then 0.5 x 1 + 0.75 x 2', () => {
    expect(path({ kind: 'sgd', momentum: 0.5, dampening: 0.25 }, [1, 2])).toEqual([0.5, -0.5]);
  });

  it('sgd looks ahead with nesterov: 1 + 0.5 x 1', () => {
    expect(path({ kind: 'sgd', momentum: 0.5, nesterov: true }, [1])).toEqual([0.25]);
  });

  it('decays after the sign is turned: the weight shrinks and climbs', () => {
    expect(path({ kind: 'sgd', weightDecay: 0.5, maximise: true }, [1])).toEqual([1.25]);
  });

  it('adamW without a gradient only shrinks the weight: 1 - 0.5 x 0.25', () => {
    expect(path({ kind: 'adamW', weightDecay: 0.25 }, [0])).toEqual([0.875]);
  });

  it('adagrad moves by rate / sqrt(2) when the same gradient comes again', () => {
    const [first, second] = path({ kind: 'adagrad' }, [3, 3]);
    expect(first).toBeCloseTo(0.5, 6);
    expect(first! - second!).toBeCloseTo(0.5 / Math.SQRT2, 6);
  });

  it('lion moves by the rate whatever the size of the gradient', () => {
    expect(path({ kind: 'lion' }, [1e-3, 400])).toEqual([0.5, 0]);
  });

  it('lamb moves by its share of the weight: 1 - 0.5 x 1', () => {
    expect(path({ kind: 'lamb' }, [7])[0]).toBeCloseTo(0.5, 6);
  });

  it('centred rmsProp is finite under a constant gradient, whose variance rounds to 0', () => {
    expect(path({ kind: 'rmsProp', centred: true, decay: 0 }, [0.1, 0.1, 0.1]).every(Number.isFinite)).toBe(true);
  });

  it('refuses unknown kinds, unknown names and bad values', () => {
    const refused = (choice: object, message: string): void => expect(() => makeOptimiser(choice as OptimiserChoice)).toThrow(message);
    refused({ kind: 'sdg' }, 'optimiser: expected one of adagrad, adam, adamW, lamb, lion, nadam, rmsProp, sgd, got sdg');
    refused({ kind: 'adam', beta_1: 0.9 }, 'adam: expected options among beta1, beta2, epsilon');
    refused({ kind: 'adam', beta2: 1 }, 'adam: expected beta2 to be a number from 0 and below 1, got 1');
    refused({ kind: 'lamb', maxGradNorm: 0 }, 'lamb: expected maxGradNorm to be a finite number above 0, or null, got 0');
    refused({ kind: 'sgd', nesterov: true }, 'sgd: expected momentum above 0 and dampening 0 with nesterov, got momentum=0, dampening=0');
  });
});

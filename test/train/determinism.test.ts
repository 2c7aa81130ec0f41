/** The same seed gives the same bytes: 50 steps twice, every optimiser, eager and compiled, with augmentation and dropout. */
import { afterEach, describe, expect, it } from 'vitest';
import { compile } from '../../lib/native/compile';
import { interpreted, useCompiler } from '../../lib/tensor/compiler';
import { dispose } from '../../lib/tensor/tree';
import type { OptimiserChoice } from '../../lib/train/optimisers/choice';
import type { TrainSettings } from '../../lib/train/settings';
import type { Trained } from '../../lib/train/train';
import { bits, type SmallParams, trainedSmall } from './small';

const kinds: readonly OptimiserChoice[] = [
  { kind: 'adagrad' },
  { kind: 'adam', amsgrad: true },
  { kind: 'adamW' },
  { kind: 'lamb' },
  { kind: 'lion' },
  { kind: 'nadam' },
  { kind: 'rmsProp', momentum: 0.5, centred: true },
  { kind: 'sgd', momentum: 0.9, nesterov: true },
];

let back = (): void => {};
afterEach(() => back());

/** 50 steps: 12 epochs of 4, and 2 more. */
async function fifty(settings: Partial<TrainSettings>, seed = 0): Promise<Trained<SmallParams>> {
  const control = new AbortController();
  const onStep = (step: number): void => {
    if (step === 50) control.abort();
  };
  return await trainedSmall({ epochs: 13, average: { decay: 0.9 }, ...settings, signal: control.signal, onStep }, seed);
}

describe.each([
  ['eager', interpreted],
  ['compiled', compile],
])('%s', (_, compiler) => {
  it.each(kinds)('$kind gives the same weights and metrics twice', async (optimiser) => {
    back = useCompiler(compiler);
    const [a, b] = [await fifty({ optimiser }), await fifty({ optimiser })];
    expect(a.history).toHaveLength(12);
    expect(bits(a.params)).toEqual(bits(b.params));
    expect(a.history).toEqual(b.history);
    dispose([a.params, b.params]);
  });
});

it('another seed gives other weights', async () => {
  const [a, b] = [await fifty({}, 0), await fifty({}, 1)];
  expect(bits(a.params)).not.toEqual(bits(b.params));
  dispose([a.params, b.params]);
});

import { describe, expect, it } from 'vitest';
import { type AugmentChoice, compose } from '../../../lib/data/augment/compose';
import type { Augmentation } from '../../../lib/data/augment/picture';
import { stream } from '../../../lib/tensor/random';

const picture = { height: 1, width: 3, channels: 1, values: Float32Array.of(1, 2, 3) };

describe('compose', () => {
  it('applies its steps in order, plain data and functions alike', () => {
    const double: Augmentation = (given) => ({ ...given, values: given.values.map((value) => 2 * value) });
    const augment = compose([{ kind: 'flip', probability: 1 }, double]);
    expect(augment(picture, () => 0).values).toEqual(Float32Array.of(6, 4, 2));
    expect(compose([])(picture, () => 0)).toBe(picture);
  });

  it('gives the same picture for the same stream and another for another', () => {
    const wide = { height: 9, width: 9, channels: 1, values: Float32Array.from({ length: 81 }, (_, at) => at) };
    const augment = compose([{ kind: 'shift', pixels: 4 }, { kind: 'flip' }, { kind: 'cutout', size: 3 }]);
    const drawn = (path: string): Float32Array => augment(wide, stream(0, path)).values;
    expect(drawn('augment.0.1')).toEqual(drawn('augment.0.1'));
    expect(drawn('augment.0.1')).not.toEqual(drawn('augment.0.2'));
  });

  it('refuses a kind or an option that is not there', () => {
    // @ts-expect-error: no such kind
    const unknown: AugmentChoice = { kind: 'rotate' };
    // @ts-expect-error: no such option of this kind
    const misspelt: AugmentChoice = { kind: 'shift', pixel: 2 };
    expect(() => compose([unknown])).toThrow('compose: kind must be one of cutout, flip, shift, got rotate');
    expect(() => compose([misspelt])).toThrow("shift: there is no option 'pixel', check its spelling");
  });
});

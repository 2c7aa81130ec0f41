import { describe, expect, it } from 'vitest';
import { type DataChoice, loadData } from '../../lib/data/loadData';

describe('loadData', () => {
  it('makes the set that a choice names, with its options', async () => {
    const { train, validation } = await loadData({ kind: 'fashionMini', validation: 0.1 });
    expect([train.count, validation.count]).toEqual([2700, 300]);
  });

  it('refuses a kind that is not there and an option that is misspelt', async () => {
    // @ts-expect-error: no such kind
    const unknown: DataChoice = { kind: 'toString' };
    // @ts-expect-error: no such option of this kind
    const misspelt: DataChoice = { kind: 'clutteredFashion', seed: 0, sise: 40 };
    // @ts-expect-error: seed is missing
    const incomplete: DataChoice = { kind: 'clutteredFashion' };
    await expect(loadData(unknown)).rejects.toThrow('loadData: kind must be one of clutteredFashion, fashion, fashionMini, got toString');
    await expect(loadData(misspelt)).rejects.toThrow("clutteredFashion: there is no option 'sise', check its spelling");
    await expect(loadData(incomplete)).rejects.toThrow('clutteredFashion: seed must be a whole number from 0 to 2147483647, got undefined');
  });
});

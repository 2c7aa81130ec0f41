import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { canonicalJson, configHash } from '../../lib/experiment/canonicalJson';

describe('canonicalJson', () => {
  it('sorts keys at every depth, leaves out undefined and keeps the order of lists', () => {
    expect(canonicalJson({ b: [3, 1, { z: null, a: 'x' }], a: -0, c: undefined })).toBe('{"a":0,"b":[3,1,{"a":"x","z":null}]}');
  });

  it('takes records that were made in another realm, as those of a notebook are', () => {
    expect(canonicalJson(runInNewContext('({ b: [1, { d: 2 }], a: 1 })'))).toBe('{"a":1,"b":[1,{"d":2}]}');
  });

  it.each([
    [
      { model: { slot: () => 1 } },
      'config.model.slot: expected plain data (text, finite numbers, true, false, null, lists, records), got function',
    ],
    [
      { rates: [0.1, Number.NaN] },
      'config.rates[1]: expected plain data (text, finite numbers, true, false, null, lists, records), got NaN',
    ],
    [
      { w: Float32Array.of(1) },
      'config.w: expected plain data (text, finite numbers, true, false, null, lists, records), got a Float32Array',
    ],
    [[undefined], 'config[0]: expected plain data (text, finite numbers, true, false, null, lists, records), got undefined'],
  ])('refuses what JSON would drop or change', (value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
});

describe('configHash', () => {
  it('is the same for the same configuration in another order, and another for another value', () => {
    const hash = configHash({ a: 1, b: { c: 2, d: 3 } });
    expect(configHash({ b: { d: 3, c: 2 }, a: 1 })).toBe(hash);
    expect(configHash({ a: 1, b: { c: 2, d: 4 } })).not.toBe(hash);
  });

  it('is the sha256 of the canonical text', () => {
    // printf '{}' | sha256sum
    expect(configHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});

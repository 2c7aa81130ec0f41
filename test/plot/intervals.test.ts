import { describe, expect, it } from 'vitest';
import { intervals } from '../../lib/plot/intervals';

describe('intervals', () => {
  it('writes estimate and interval of each row with the same decimals, and the references by value', () => {
    const figure = intervals({
      rows: [
        { name: 'a', value: 0.02, low: -0.005, high: 0.041 },
        { name: 'b', value: 0.1, low: 0.05, high: 0.15 },
      ],
      measure: 'gain',
      unit: '%',
      references: [{ label: 'none', value: 0 }],
    });
    expect(figure.description).toBe('Gain. a: 2.0 [\u22120.5, 4.1]; b: 10.0 [5.0, 15.0] (%). none, 0 %.');
    expect(figure.data[0]).toEqual({ name: 'a', value: 2, low: -0.5, high: 4.1 });
  });

  it('wants the value inside its interval, and verdicts for all rows or none', () => {
    const row = { name: 'a', value: 2, low: 1, high: 3 };
    expect(() => intervals({ rows: [{ ...row, low: 2.5 }], measure: 'gain' })).toThrow(
      'intervals: expected low <= value <= high for a, got 2.5, 2, 3',
    );
    expect(() => intervals({ rows: [row, { ...row, name: 'b', verdict: 'gain' }], measure: 'gain' })).toThrow(
      'intervals: expected a verdict for every row or for none, got 1 of 2',
    );
    expect(() => intervals({ rows: [row, row], measure: 'gain' })).toThrow('intervals: expected names that differ, got a, a');
  });
});

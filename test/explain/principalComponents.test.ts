import { expect, it } from 'vitest';
import { principalComponents } from '../../lib/explain/principalComponents';

it('finds the line that points lie on: (0,0), (1,2), (2,4) are -sqrt 5, 0, sqrt 5 along it', () => {
  const { points, shares } = principalComponents([[0, 0], [1, 2], [2, 4]], 2); // biome-ignore format: rows
  points.forEach(([first, second], i) => {
    expect(first).toBeCloseTo([-Math.sqrt(5), 0, Math.sqrt(5)][i]!, 9);
    expect(second).toBeCloseTo(0, 9);
  });
  expect(shares[0]).toBeCloseTo(1, 9);
});

it('refuses vectors of different lengths', () => {
  expect(() => principalComponents([[1, 2, 3], [1, 2]])).toThrow('principalComponents: expected at least 2 vectors of one length'); // biome-ignore format: rows
});

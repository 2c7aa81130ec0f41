/** Options of optimisers, schedules and the like are plain data, often read from a file: a misspelt name or a bad value is refused. */
export type Bound = { readonly says: string; readonly holds: (value: unknown) => boolean };

const number = (says: string, holds: (value: number) => boolean): Bound => ({
  says,
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
});
export const fromZero: Bound = number('a finite number from 0', (value) => value >= 0);
export const aboveZero: Bound = number('a finite number above 0', (value) => value > 0);
/** Of a moving average: at 1 it would never move. */
export const fraction: Bound = number('a number from 0 and below 1', (value) => value >= 0 && value < 1);
/** Of a whole. */
export const share: Bound = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
export const whole: Bound = number('a whole number from 1', (value) => Number.isSafeInteger(value) && value >= 1);
export const wholeFromZero: Bound = number('a whole number from 0', (value) => Number.isSafeInteger(value) && value >= 0);
export const flag: Bound = { says: 'true or false', holds: (value) => typeof value === 'boolean' };
export const orNull = (bound: Bound): Bound => ({
  says: `${bound.says}, or null`,
  holds: (value) => value === null || bound.holds(value),
});
export const oneOf = (...words: readonly string[]): Bound => ({
  says: `one of ${words.join(', ')}`,
  holds: (value) => words.includes(value as string),
});
export const listOf = (bound: Bound): Bound => ({
  says: `a list, each ${bound.says}`,
  holds: (value) => Array.isArray(value) && value.every(bound.holds),
});

/** `undefined` stands for the default. */
export function check<O extends object>(
  who: string,
  options: O,
  bounds: { readonly [K in keyof Required<O>]: Bound },
  required: readonly (keyof O)[] = [],
): void {
  const known = new Map<string, Bound>(Object.entries(bounds));
  for (const [name, value] of Object.entries(options)) {
    const bound = known.get(name);
    if (!bound) throw new RangeError(`${who}: expected options among ${[...known.keys()].join(', ')}, got ${name}`);
    if (value !== undefined && !bound.holds(value)) throw new RangeError(`${who}: expected ${name} to be ${bound.says}, got ${value}`);
  }
  const missing = required.find((name) => options[name] === undefined);
  if (missing !== undefined) throw new RangeError(`${who}: expected ${String(missing)}, ${bounds[missing].says}, got none`);
}

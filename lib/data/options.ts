/**
 * Checks of options that come from a notebook or a JSON file, where no compiler has looked: each says who asked, what was
 * expected and what came.
 */
export function wholeNumber(who: string, name: string, value: unknown, { least, most }: { least: number; most: number }): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${who}: ${name} must be a whole number from ${least} to ${most}, got ${shown(value)}`);
}

/** A number in [least, most]. */
export function numberBetween(who: string, name: string, value: unknown, { least, most }: { least: number; most: number }): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new Error(`${who}: ${name} must be a number from ${least} to ${most}, got ${shown(value)}`);
}

export function oneOf<T extends string | number>(who: string, name: string, value: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new Error(`${who}: ${name} must be one of ${choices.join(', ')}, got ${shown(value)}`);
}

/** A misspelt option is an error: ignoring it would run another experiment than the one that was written down. */
export function noOtherOptions(who: string, rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Error(`${who}: there is no option '${unknown}', check its spelling`);
}

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? `[${value}]` : String(value));

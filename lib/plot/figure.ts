/**
 * A figure is a value: what is seen in words, the numbers behind it, and a specification that vega-lite or plotly draws.
 * Functions in this folder turn plain data into one; showing and saving are the work of display/.
 *
 * Every vega-lite figure carries `data` as the dataset named `data`, its title and its description, so that a figure
 * found in a notebook is as complete as the value it came from.
 */
export type Figure = {
  readonly title: string;
  /** What the figure shows, in words: the alternative text. */
  readonly description: string;
  /** The numbers as rows of a table. */
  readonly data: readonly object[];
  readonly spec: object;
  readonly renderer: 'vega-lite' | 'plotly';
};

/** Values from 0 to 1, row by row: index (row * width + column) * channels + channel. */
export type Image = { readonly height: number; readonly width: number; readonly channels: 1 | 3; readonly values: ArrayLike<number> };
/** Rows of numbers, all of one length: an attention map, a mask (1 inside), a matrix. */
export type Grid = readonly (readonly number[])[];
/** Title and subtitle, where the default words do not fit. */
export type Words = { readonly title?: string; readonly subtitle?: string };
/** A value drawn as a dashed line with its name, such as chance. */
export type Reference = { readonly label: string; readonly value: number };

/** Throws `who: expected ..., got ...`. */
export function check(holds: boolean, who: string, expected: string, got: string): asserts holds {
  if (!holds) throw new Error(`${who}: expected ${expected}, got ${got}`);
}

export function checkFinite(who: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) check(Number.isFinite(values[i]), who, `finite numbers in ${name}`, `${values[i]} at index ${i}`);
}

/** Height and width of a grid of finite numbers without ragged rows. */
export function checkGrid(who: string, name: string, grid: Grid): { height: number; width: number } {
  const height = grid.length;
  const width = grid[0]?.length ?? 0;
  check(height > 0 && width > 0, who, `at least one row and one column in ${name}`, `${height} x ${width}`);
  grid.forEach((row, r) => {
    check(row.length === width, who, `rows of ${width} numbers in ${name}`, `${row.length} in row ${r}`);
    checkFinite(who, `row ${r} of ${name}`, row);
  });
  return { height, width };
}

export function checkImage(who: string, name: string, { height, width, channels, values }: Image): void {
  check(
    Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0,
    who,
    `${name} with a whole height and width`,
    `${height} x ${width}`,
  );
  check(channels === 1 || channels === 3, who, `${name} with 1 or 3 channels`, `${channels}`);
  const count = height * width * channels;
  check(values.length === count, who, `${count} values for ${name} of ${height} x ${width} x ${channels}`, `${values.length}`);
  checkFinite(who, name, values);
}

/** Weights that are not negative and sum to 1: what a softmax gives. */
export function checkWeights(who: string, name: string, weights: ArrayLike<number>): void {
  checkFinite(who, name, weights);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    check(weights[i]! >= 0, who, `weights of at least 0 in ${name}`, `${weights[i]} at index ${i}`);
    sum += weights[i]!;
  }
  check(Math.abs(sum - 1) < 1e-3, who, `weights that sum to 1 in ${name}`, `a sum of ${digits(sum)}`);
}

/** Rounded to so many significant digits: a notebook need not carry more than a figure can show. */
export function round(value: number, significant = 5): number {
  return Number(value.toPrecision(significant));
}

/** A number as text: three significant digits, whole parts never cut. */
export function digits(value: number, significant = 3): string {
  if (value === 0) return '0';
  const decimals = significant - 1 - Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(20, Math.max(0, decimals))).replace('-', '\u2212');
}

/** A number as text without idle zeros: 0.1 for a chance of 0.100. */
export function plain(value: number): string {
  return String(round(value, 3)).replace('-', '\u2212');
}

/** 1234 as 1,234, whatever the machine's language. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

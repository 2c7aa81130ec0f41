/**
 * Numbers as text for reading: a column of them shares its decimals, so that points stand below each other; no number
 * that is not zero is written as zero, and none carries digits that a 32-bit float does not have.
 */

/** One number: five significant digits, whole numbers in full. */
export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(5))) : special(value);

/** One number of 32 bits, in as few digits as tell it from every other. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (Number.isInteger(value)) return String(value);
  const near = [6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)));
  return String(near.find((one) => Math.fround(one) === value) ?? near[3]);
}

/** All in one width, to be read below each other. */
export function numberColumn(values: readonly number[]): string[] {
  const write = commonFormat(values.filter(Number.isFinite));
  const texts = values.map((value) => (Number.isFinite(value) ? write(value) : special(value)));
  const width = Math.max(0, ...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
}

const special = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : '-Inf');

function commonFormat(values: readonly number[]): (value: number) => string {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (values.every(Number.isInteger) && largest < 1e15) return (value) => String(value === 0 ? 0 : value);
  const exponent = Math.floor(Math.log10(largest));
  if (exponent >= 6 || exponent < -4) return (value) => (value === 0 ? '0' : value.toExponential(4));
  const most = exponent < 0 ? 3 - exponent : Math.min(4, 6 - exponent);
  const idle = Math.min(...values.map((value) => /0*$/.exec(value.toFixed(most))![0].length), most);
  const decimals = values.some((value) => vanishes(value, most)) ? most : most - idle;
  return (value) => (vanishes(value, most) ? value.toExponential(0) : value.toFixed(decimals));
}

const vanishes = (value: number, decimals: number): boolean => value !== 0 && Number(value.toFixed(decimals)) === 0;

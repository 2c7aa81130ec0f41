/** Numbers and words as they are stored in figures and written on them; the same on every machine, whatever its language. */

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

/** 1234 as 1,234. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A title as a sentence: with a full stop, unless it asks or exclaims. */
export function ended(title: string): string {
  return /[.?!]$/.test(title) ? title : `${title}.`;
}

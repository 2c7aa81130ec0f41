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

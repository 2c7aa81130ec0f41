/** Something in a notebook that must not be committed, and where it is. */
export type Finding = {
  /** Counted from 1 over all cells. */
  readonly cell: number;
  /** Of the cell's source; undefined for what is in its outputs. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
};

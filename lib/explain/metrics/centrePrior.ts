/**
 * A map that has looked at no image: a Gaussian at the centre. Objects of photographs lie in the middle, so a localisation
 * score means something only above this one (centre bias: Tatler 2007; Judd et al. 2012).
 *
 *   m(y, x) ~ exp(-((y - cy)^2 / (2 sy^2) + (x - cx)^2 / (2 sx^2)))     cy = (height - 1) / 2,  sy = deviation height; so for x
 *
 * The map sums to 1. `deviation` is a share of the side.
 */
export type CentrePriorOptions = { height: number; width: number; deviation?: number };

export function centrePrior({ height, width, deviation = 0.25 }: CentrePriorOptions): number[][] {
  for (const [name, size] of Object.entries({ height, width })) {
    if (!Number.isInteger(size) || size < 1) throw new Error(`centrePrior: ${name} must be a whole number of at least 1, got ${size}`);
  }
  if (!(deviation > 0)) throw new Error(`centrePrior: deviation must be above 0, got ${deviation}`);
  const bell = (size: number): number[] => {
    const values = Array.from({ length: size }, (_, at) => Math.exp(-((at - (size - 1) / 2) ** 2) / (2 * (deviation * size) ** 2)));
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
  };
  const [rows, columns] = [bell(height), bell(width)]; // the Gaussian is the product of one a side
  return rows.map((row) => columns.map((column) => row * column));
}

/** Where the object is in an image on a dark ground: mask and bounding box. */
type Size = { height: number; width: number };

/** 1 where a value is above the threshold or enclosed by such values (holes do not touch the border; four neighbours). */
export function maskOf(values: ArrayLike<number>, { height, width, above }: Size & { above: number }): Uint8Array {
  const ground = new Uint8Array(height * width);
  const open: number[] = [];
  const visit = (y: number, x: number): void => {
    const at = y * width + x;
    if (y < 0 || y >= height || x < 0 || x >= width || ground[at] || values[at]! > above) return;
    ground[at] = 1;
    open.push(at);
  };
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(y, x);
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(y, x);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [y, x] = [Math.floor(at / width), at % width];
    visit(y - 1, x);
    visit(y + 1, x);
    visit(y, x - 1);
    visit(y, x + 1);
  }
  return ground.map((isGround) => 1 - isGround);
}

/** x0 y0 x1 y1, half-open; all zero for an empty mask. */
export function boundsOf(mask: ArrayLike<number>, { height, width }: Size): [number, number, number, number] {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!mask[y * width + x]) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
  }
  return x1 === 0 ? [0, 0, 0, 0] : [x0, y0, x1, y1];
}

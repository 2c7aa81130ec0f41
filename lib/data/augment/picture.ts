/**
 * Augmentation: a pure function of a picture and a source of random numbers. A mask, where there is one, moves along, so
 * that the truth about where the object is stays true. Pictures are in 0..1, before standardisation.
 */
export type Picture = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** h w c */
  readonly values: Float32Array;
  /** h w: 1 where the object is */
  readonly mask?: Uint8Array;
};

export type Augmentation = (picture: Picture, random: () => number) => Picture;

/** A whole number from `least` to `most`, both included. */
export const between = (random: () => number, least: number, most: number): number => least + Math.floor(random() * (most - least + 1));

/** The picture whose pixel (y, x) is the pixel `from(y, x)` of the given one, or `fill` where that is undefined. */
export function rearranged(picture: Picture, fill: number, from: (y: number, x: number) => number | undefined): Picture {
  const { height, width, channels, values, mask } = picture;
  const moved = new Float32Array(values.length);
  const movedMask = mask && new Uint8Array(mask.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = y * width + x;
      const at = from(y, x);
      for (let channel = 0; channel < channels; channel++) {
        moved[to * channels + channel] = at === undefined ? fill : values[at * channels + channel]!;
      }
      if (movedMask && at !== undefined) movedMask[to] = mask[at]!;
    }
  }
  return { height, width, channels, values: moved, ...(movedMask && { mask: movedMask }) };
}

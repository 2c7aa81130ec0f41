/**
 * Class activation map (Zhou et al. 2016, arXiv:1512.04150): what each position gives to the logit of a class, exact for a
 * network that ends in a pooling and a linear head.
 *
 *   m_c(i) = a_i (x_i . w_c)        logit_c = sum_i m_c(i) + bias_c        a_i: the pooling's weight, 1 / (h w) for the mean
 *
 * In logits; positive speaks for the class, negative against it. The same read-out serves every pooling, so that networks
 * with and without attention can be compared.
 */
export type ClassActivationInput = {
  /** n h w c, one image after the other. */
  readonly features: { readonly shape: readonly number[]; readonly values: Float32Array };
  /** n h w, the pooling's map; left out for mean pooling. */
  readonly weights?: { readonly shape: readonly number[]; readonly values: Float32Array } | undefined;
  /** c classes, row by row: the head's weight. */
  readonly head: Float32Array;
  /** The class asked of each image. */
  readonly classes: readonly number[];
};

/** One map an image, h rows of w. */
export function classActivationMaps({ features, weights, head, classes }: ClassActivationInput): number[][][] {
  const [n = 0, h = 0, w = 0, c = 0] = features.shape;
  const outputs = head.length / c;
  if (classes.length !== n || !Number.isInteger(outputs) || (weights && weights.values.length !== n * h * w)) {
    throw new Error(
      `classActivationMaps: expected ${n} classes, a head of c=${c} rows and ${n * h * w} weights, got ${classes.length}, ${head.length} numbers and ${weights?.values.length ?? 'none'}`,
    );
  }
  return classes.map((target, image) =>
    Array.from({ length: h }, (_, y) =>
      Array.from({ length: w }, (_, x) => {
        const at = (image * h + y) * w + x;
        let logit = 0;
        for (let channel = 0; channel < c; channel++) logit += features.values[at * c + channel]! * head[channel * outputs + target]!;
        return logit * (weights ? weights.values[at]! : 1 / (h * w));
      }),
    ),
  );
}

/**
 * Principal components (Pearson 1901): vectors seen along the directions in which they vary most.
 *
 *   y = V^T (x - mean)        V: the first eigenvectors of the covariance
 *
 * Of the two directions of each component the one is taken in which its largest entry is positive: the same on every run.
 */
import { PCA } from 'ml-pca';

export type Components = {
  readonly points: readonly (readonly number[])[];
  /** Share of the variance along each component, 0 to 1. */
  readonly shares: readonly number[];
};

export function principalComponents(rows: readonly (readonly number[])[], components: number = 3): Components {
  const dim = rows[0]?.length ?? 0;
  if (rows.length < 2 || dim < components || rows.some((row) => row.length !== dim)) {
    throw new Error(
      `principalComponents: expected at least 2 vectors of one length of at least ${components}, got ${rows.length} of length ${dim}`,
    );
  }
  const data = rows.map((row) => [...row]);
  const pca = new PCA(data, { center: true });
  const directions = pca.getEigenvectors().transpose().to2DArray().slice(0, components);
  const signs = directions.map(
    (entries) => Math.sign(entries.reduce((most, entry) => (Math.abs(entry) > Math.abs(most) ? entry : most), 0)) || 1,
  );
  const points = pca.predict(data, { nComponents: components }).to2DArray();
  return {
    points: points.map((point) => point.map((value, at) => value * signs[at]!)),
    shares: pca.getExplainedVariance().slice(0, components),
  };
}

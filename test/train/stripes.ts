/** Two classes of small noisy images, horizontal against vertical stripes, as batches: what the tests of training learn. */
import { stream } from '../../lib/tensor/random';
import type { ImageBatch } from '../../lib/train/batch';

export function stripes(size: number, side: number, seed: number): ImageBatch {
  const next = stream(seed, 'stripes');
  const labels = Int32Array.from({ length: size }, () => (next() < 0.5 ? 0 : 1));
  const images = new Float32Array(size * side * side);
  labels.forEach((label, image) => {
    const at = Math.floor(next() * side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) images[(image * side + y) * side + x] = ((label ? x : y) === at ? 1 : 0) + next() - 0.5;
    }
  });
  return { size, count: size, height: side, width: side, channels: 1, images, labels, weights: new Float32Array(size).fill(1) };
}

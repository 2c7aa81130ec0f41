/** Trees to and from the file that every engine reads, and what its inputs are. */
import { stream, tf, tree } from 'fovea';
import type { StoredTensors } from 'fovea/dist/native/safetensors';
import { values } from '../stored';

/** The leaves under `name.path`. */
export const storedTree = (name: string, values: tree.Tree): StoredTensors =>
  Object.fromEntries(
    tree
      .entries(values)
      .map(([path, leaf]) => [`${name}.${path}`, { dtype: 'F32', shape: leaf.shape, values: leaf.dataSync<'float32'>() }]),
  );

/** The tree that was stored under `name`, of the shape of `like`, which is disposed. */
export function restoredTree<T extends tree.Tree>(data: StoredTensors, name: string, like: T): T {
  const restored = tree.map(like, (leaf, path) => tf.tensor(values(data, `${name}.${path}`), leaf.shape));
  tree.dispose(like);
  return restored;
}

/** Normal numbers, mean 0 and deviation 1, by Box and Muller. */
export function normals(count: number, path: string): Float32Array {
  const next = stream(0, path);
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

/** Arrays from the file that every engine reads. */
import type { StoredTensors } from 'fovea/dist/native/safetensors';

export function values(data: StoredTensors, name: string): Float32Array {
  const found = data[name];
  if (found?.dtype !== 'F32') throw new Error(`bench: expected float32 ${name} in the data, got ${found?.dtype ?? 'none'}`);
  return found.values;
}

export function whole(data: StoredTensors, name: string): Int32Array {
  const found = data[name];
  if (found?.dtype !== 'I32') throw new Error(`bench: expected int32 ${name} in the data, got ${found?.dtype ?? 'none'}`);
  return found.values;
}

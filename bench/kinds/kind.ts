/** A kind of step in Fovea: the data it begins with, and the step. */
import type { Compiler } from 'fovea';
import type { StoredTensors } from 'fovea/dist/native/safetensors';
import type { Engine } from '../engineProcess';

export type Kind<T> = {
  readonly data: (task: T) => StoredTensors;
  readonly engine: (task: T, data: StoredTensors, compiler: Compiler) => Omit<Engine, 'versions'>;
};

/**
 * A compiler makes a pure function of trees faster without changing what it says. Which one there is depends on the backend,
 * so the entry names it (index.ts the native one); without one a function is simply called.
 */
import { type Tree, tidy } from './tree';

export type CompileOptions = {
  /** How many programs, one for each set of shapes, are kept; the one not used for longest goes first. */
  readonly programs?: number;
  /** How many of the first arguments are constants, such as the weights of a model that only predicts; others there make another program. */
  readonly constants?: number;
};
/** `dispose` frees its programs; a later call makes them anew. */
export type Compiled<Trees extends readonly Tree[], R extends Tree> = ((...trees: Trees) => R) & { readonly dispose: () => void };
export type Compiler = <Trees extends readonly Tree[], R extends Tree>(
  f: (...trees: Trees) => R,
  options?: CompileOptions,
) => Compiled<Trees, R>;

/** The compiler that compiles nothing. */
export const interpreted: Compiler = <Trees extends readonly Tree[], R extends Tree>(f: (...trees: Trees) => R): Compiled<Trees, R> =>
  Object.assign((...trees: Trees): R => tidy(() => f(...trees)), { dispose: () => {} });

let current = interpreted;

/** The compiler that training and evaluation go through. */
export const compiler = (): Compiler => current;

/** Names another compiler, `interpreted` for none; the function returned brings back the one before. */
export function useCompiler(next: Compiler): () => void {
  const before = current;
  current = next;
  return () => {
    current = before;
  };
}

/**
 * The notebook kernel's own display function, found among the modules that are loaded: the kernel is never imported, so
 * the same code runs in a cell, in a script and in a test.
 */
import { createRequire } from 'node:module';

export type Bundle = { readonly data: Readonly<Record<string, unknown>>; readonly metadata: Readonly<Record<string, unknown>> };
type Message = { data: object; metadata: object; transient: object };
type Kernel = { readonly lastWriteDisplayData?: ((message: Message, isUpdate: boolean) => void) | null };

const { cache } = createRequire(__filename);

/** Sends a bundle to the cell that runs now; false outside a kernel. With an id, a later call replaces the output. */
export function send({ data, metadata }: Bundle, { id, update = false }: { id?: string; update?: boolean } = {}): boolean {
  const file = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel = file === undefined ? undefined : (cache[file]?.exports as Kernel | undefined);
  const write = kernel?.lastWriteDisplayData;
  if (!write) return false;
  write({ data, metadata, transient: id ? { display_id: id } : {} }, update);
  return true;
}

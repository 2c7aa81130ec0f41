/**
 * Modules that were loaded again. Code that holds the old module's exports, such as a cell that imported it, finds the new
 * functions there; for values that were taken out of it, the map says what stands in their place.
 */
export type Renewals = ReadonlyMap<unknown, unknown>;

/** Under this name the kernel offers to load what lies beside the notebook again, and to renew what cells have imported. */
export const RELOAD: unique symbol = Symbol.for('fovea.reload');
export type ReloadCells = (library: Renewals) => { readonly files: number; readonly names: number };

type Exports = Record<string, unknown>;

export function renew(pairs: readonly (readonly [old: object, fresh: object])[]): Renewals {
  const renewals = new Map<unknown, unknown>();
  // all are read before any is changed: a barrel's names are read through the modules behind it
  for (const [old, fresh] of pairs as readonly (readonly [Exports, Exports])[]) {
    renewals.set(old, fresh);
    for (const name of Object.keys(old)) {
      const value = old[name];
      const held = (typeof value === 'object' && value !== null) || typeof value === 'function';
      if (held && name in fresh && value !== fresh[name]) renewals.set(value, fresh[name]);
    }
  }
  for (const [old, fresh] of pairs as readonly (readonly [Exports, Exports])[]) {
    for (const name of Object.keys(fresh)) {
      const own = Object.getOwnPropertyDescriptor(old, name);
      if (own?.writable) old[name] = fresh[name];
      else if (!own || own.configurable) Object.defineProperty(old, name, { enumerable: true, configurable: true, get: () => fresh[name] });
    }
  }
  return renewals;
}

/**
 * `exports` as a cell sees it: the one object of what all cells have declared, seen by its own rules. A variable of an
 * earlier cell is read and written in place; once a later cell declares its name again, the earlier cell's own code no
 * longer writes over the new one.
 */
import type { Renewals } from './renew';

export type CellExports = {
  /** To be given to the cell's code. */
  readonly exports: object;
  /** Names that this cell has declared so far. */
  readonly declared: ReadonlySet<string>;
};

export type Values = {
  /** `own`: the names that the cell declares by statements, which are its own only once these have run. */
  readonly forCell: (own: ReadonlySet<string>) => CellExports;
  /** The value of a name, which is then forgotten. */
  readonly take: (name: string | undefined) => unknown;
  /** Puts new values in the place of old ones, and says of how many names. */
  readonly renew: (renewals: Renewals) => number;
};

export function cellValues(): Values {
  const values: Record<string, unknown> = {};
  const owners = new Map<string, object>();

  const forCell = (own: ReadonlySet<string>): CellExports => {
    const declared = new Set<string>();
    const declare = (name: string, attributes: PropertyDescriptor): void => {
      declared.add(name);
      owners.set(name, declared);
      Object.defineProperty(values, name, { ...attributes, configurable: true, enumerable: true });
    };
    const exports = new Proxy(values, {
      set: (_target, name, value) => {
        const key = String(name);
        if (own.has(key) && !declared.has(key)) declare(key, { value, writable: true });
        else if (!own.has(key) || owners.get(key) === declared) values[key] = value;
        return true;
      },
      defineProperty: (_target, name, attributes) => {
        if (name === '__esModule') return true;
        // an import becomes a plain value; a variable that can change, with its setter, stays what it is
        declare(String(name), attributes.get && !attributes.set ? { value: attributes.get(), writable: true } : attributes);
        return true;
      },
    });
    return { exports, declared };
  };

  const renew = (renewals: Renewals): number => {
    const stale = Object.entries(Object.getOwnPropertyDescriptors(values)).filter(([, { value }]) => renewals.has(value));
    for (const [name, { value }] of stale) values[name] = renewals.get(value);
    return stale.length;
  };

  return {
    forCell,
    renew,
    take: (name) => {
      if (name === undefined) return undefined;
      const value = values[name];
      delete values[name];
      return value;
    },
  };
}

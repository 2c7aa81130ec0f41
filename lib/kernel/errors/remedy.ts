/** What to do about errors that many people meet in a notebook, as one line below the error. */
import type { CellSources } from '../cells/cellSources';

export type Problem = {
  /** TypeScript's words, or name and message of an error. */
  readonly message: string;
  readonly sources: CellSources;
};

type Remedy = { readonly message: RegExp; readonly hint: (found: readonly string[], sources: CellSources) => string | undefined };

/** In newer libraries than the one that cells are checked with (ES2022). */
const NEWER: Readonly<Record<string, string>> = {
  toSorted: '[...list].sort()',
  toReversed: '[...list].reverse()',
  toSpliced: 'slice() and concat()',
  with: 'slice(), and set the item of the copy',
  groupBy: 'a loop that fills a Map',
  fromAsync: 'for await (const item of items) list.push(item)',
  withResolvers: 'new Promise((resolve) => ...)',
};

export const REMEDIES: readonly Remedy[] = [
  {
    message: /^Thrown$/,
    hint: () => 'throw an Error, as in throw new Error("why"): it knows its line',
  },
  {
    message: /Cannot find name '(?:document|window|localStorage)'/,
    hint: () => 'cells run in Node.js, where there is no page',
  },
  {
    message: /Cannot find (?:name|namespace) '([^']+)'|ReferenceError: (\S+) is not defined/,
    hint: ([, typed, thrown], sources) => lostName(typed ?? thrown ?? '', sources),
  },
  {
    message: /^File '.*[\\/]lib[\\/].*' is not under 'rootDir'|Cannot find module '(?:\.\.[\\/])+lib\b/,
    hint: () => "the library is a package: write import { ... } from 'fovea'",
  },
  {
    message: /^File '(.*)' is not under 'rootDir'/,
    hint: () => 'a notebook imports files of its own folder and of folders below it: move the file there',
  },
  {
    message: /Cannot find module '(\.[^']*)'/,
    hint: ([, path]) => `${path} is looked up from the notebook's own folder; ${path}.ts has to be there`,
  },
  {
    message: /Cannot find (?:module|package) '((?:@[^/']+\/)?[^./'@][^/']*)/,
    hint: ([, name]) => `run npm install ${name} in a terminal, then restart the kernel`,
  },
  {
    message: /^Property '(\w+)' does not exist on type '.*'\.(?: Do you need to change your target library|$)/,
    hint: ([, name = '']) =>
      Object.hasOwn(NEWER, name) ? `cells are checked with ES2022, which has no ${name}: use ${NEWER[name]}` : undefined,
  },
  {
    message: /Tensor is disposed|of undefined \(reading 'backend'\)/,
    hint: () => 'a tensor made inside tidy() is gone when that returns: return it, or take a copy with .clone() before it is disposed',
  },
  {
    message: /^Exported variable '(\w+)' has or is using/,
    hint: ([, name]) => `give it a type that can be named, as in const ${name}: SomeType = ..., or use it inside { }`,
  },
  {
    message: /No backend found in registry|has not yet been initialized|expected a running backend/,
    hint: () => "write await ready() first, with import { ready } from 'fovea'",
  },
  {
    message: /A dynamic import callback was not specified/,
    hint: () => 'import() works in a cell itself, not inside eval or new Function',
  },
  {
    message: /listen EADDRINUSE/,
    hint: () => 'a server of an earlier cell may still listen there: close it, or restart the kernel',
  },
];

export function hintFor({ message, sources }: Problem): string | undefined {
  for (const remedy of REMEDIES) {
    const found = remedy.message.exec(message);
    const text = found ? remedy.hint(found, sources) : undefined;
    if (text !== undefined) return `hint: ${text}`;
  }
  return undefined;
}

/** A name that nothing declares although a cell that was run has its declaration: that cell failed before it got there. */
function lostName(name: string, sources: CellSources): string | undefined {
  if (!/^[\w$]+$/.test(name)) return undefined;
  const cell = cellDeclaring(name, sources);
  if (cell !== undefined) return `In[${cell}] declares ${name}, but was refused, failed or was interrupted before it did: run it again`;
  return `no cell that has run declares ${name}: run the one that does, or import it`;
}

/** The last cell that declares the name at its top. */
function cellDeclaring(name: string, sources: CellSources): number | undefined {
  const word = `(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`;
  const declaration = new RegExp(
    `(?:^|; *)(?:export )?(?:declare )?(?:(?:abstract )?class|(?:async )?function\\*?|const enum|enum|interface|type|namespace|const|let|var) ${word}|^(?:const|let|var) ?[{[][^=]*${word}|^import [^'"]*${word}`,
    'm',
  );
  let found: number | undefined;
  for (let cell = 1; sources.source(cell).length > 0; cell++) if (declaration.test(sources.source(cell).join('\n'))) found = cell;
  return found;
}

/** A file imports only from folders before its own, so the library reads from tensors up to the command line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const lib = resolve(__dirname, '..', 'lib');
const ORDER = 'tensor layers attention cnn models train explain plot core.ts native data display experiment kernel cli index.ts'.split(' ');
const BROWSER = ORDER.slice(0, ORDER.indexOf('core.ts') + 1);

type Import = { readonly from: string; readonly to: string };

/** `attention/slot.ts` is in the row `attention`, `core.ts` in its own. */
const row = (file: string): string => file.split(sep)[0]!;

function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

function resolved(from: string, specifier: string): string {
  const path = resolve(lib, dirname(from), specifier.replace(/\.js$/, ''));
  const found = [`${path}.ts`, join(path, 'index.ts'), path].find((candidate) => existsSync(candidate));
  return found ? relative(lib, found) : `${specifier} (no such file)`;
}

function pointsDown({ from, to }: Import): boolean {
  if (row(from) === 'plot' && row(to) !== 'plot') return true; // figures are functions of plain data
  return !ORDER.includes(row(to)) || ORDER.indexOf(row(to)) > ORDER.indexOf(row(from));
}

/** A path of files that leads back to its first, if there is one. */
function cycle(imports: readonly Import[]): string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const { to } of imports.filter(({ from }) => from === file)) {
      const found = visit(to, [...path, file]);
      if (found) return found;
    }
    finished.add(file);
    return undefined;
  };
  for (const { from } of imports) {
    const found = visit(from, []);
    if (found) return found;
  }
  return undefined;
}

const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^(dist|node_modules)\b/.test(file))
  .sort();
const all = files.flatMap((from) => importsOf(readFileSync(join(lib, from), 'utf8')).map((specifier) => ({ from, specifier })));
const ours = all
  .filter(({ specifier }) => specifier.startsWith('.'))
  .map(({ from, specifier }) => ({ from, to: resolved(from, specifier) }))
  .filter(({ to }) => !to.endsWith('.json'));

describe('imports of the library', () => {
  it('are all read: values, types, re-exports, import() and require', () => {
    const source = `import { a } from './a'; import type { B } from './b'; export * from './c'; const d = import('./d'); require('./e');`;
    expect(importsOf(source).sort()).toEqual(['./a', './b', './c', './d', './e']);
    expect(files.length).toBeGreaterThan(50);
  });

  it('belong to files in a folder of the order', () => {
    expect(files.filter((file) => !ORDER.includes(row(file)))).toEqual([]);
  });

  it('never point to a later folder, and plot to none of ours', () => {
    expect(pointsDown({ from: join('tensor', 'ops.ts'), to: join('layers', 'linear.ts') })).toBe(true);
    expect(pointsDown({ from: join('layers', 'linear.ts'), to: join('tensor', 'ops.ts') })).toBe(false);
    expect(ours.filter(pointsDown).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('never lead back to where they began', () => {
    const ring = ['a', 'b', 'c'].map((from, index, names) => ({ from, to: names[(index + 1) % 3]! }));
    expect(cycle(ring)).toEqual(['a', 'b', 'c', 'a']);
    expect(cycle(ring.slice(1))).toBeUndefined();
    expect(cycle(ours)?.join(' -> ')).toBeUndefined();
  });

  it('bring nothing of Node into what the browser gets', () => {
    const nodeOnly = ({ specifier }: { specifier: string }): boolean =>
      specifier.startsWith('node:') || builtinModules.includes(specifier) || /^@tensorflow\/tfjs-(node|backend)/.test(specifier);
    const found = all.filter((entry) => BROWSER.includes(row(entry.from)) && nodeOnly(entry));
    expect(found.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([]);
  });
});

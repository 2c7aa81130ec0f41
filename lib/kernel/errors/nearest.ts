/** What was probably meant by a name that is not there. */

/** The end of a sentence: the nearest of the names, or all of them where none is near. */
export function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return names.length > 0 ? `; the notebook has ${names.join(', ')}` : '; the notebook has none';
}

/** Undefined where none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [first] = names.map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) })).sort((a, b) => a.far - b.far);
  return first && first.far <= Math.max(2, name.length / 3) ? first.other : undefined;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/**
 * What kind of thing each completion is, in the field that JupyterLab reads to mark and colour it. `function`, `instance`,
 * `class`, `module` and `keyword` have colours of their own there.
 */
import type { Json } from '../protocol/message';

/** TypeScript's words for them, where JupyterLab has another. */
const KINDS: Readonly<Record<string, string>> = {
  alias: 'instance',
  const: 'instance',
  let: 'instance',
  var: 'instance',
  'local var': 'instance',
  parameter: 'instance',
  'local function': 'function',
  method: 'function',
  'local class': 'class',
  constructor: 'class',
  enum: 'class',
  interface: 'class',
  type: 'class',
  'type parameter': 'class',
  getter: 'property',
  setter: 'property',
  accessor: 'property',
};

export function completionTypes(
  matches: readonly string[],
  entries: readonly { readonly name: string; readonly kind: string }[],
  range: { readonly start: number; readonly end: number },
): Json {
  const kinds = new Map(entries.map(({ name, kind }) => [name, KINDS[kind] ?? kind]));
  return { _jupyter_types_experimental: matches.map((text) => ({ ...range, text, type: kinds.get(text) ?? '' })) };
}

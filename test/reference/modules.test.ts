/**
 * Every module of the folder named by FOVEA_REFERENCE (default: the copy beside the tests), built from the entry's own options:
 * outputs, maps, all gradients and the buffers after a training call. Kinds that are not built yet are listed.
 */
import { describe, expect, it } from 'vitest';
import { entriesOf, reference, tally, tensorsOf } from './fixture';
import { buildModule, isBuilt } from './modules/build';
import { compare } from './parity';

const all = entriesOf('modules').map((entry) => [entry.name, entry] as const);
const built = all.filter(([, entry]) => isBuilt(entry));
const missing = all.filter((row) => !built.includes(row)).map(([name]) => name);
const count = tally(`modules${missing.length > 0 ? `, ${missing.length} kinds not built yet (${missing.join(', ')})` : ''}`);

describe(`the modules of ${reference} agree with PyTorch and timm`, () => {
  it('finds entries', () => expect(built.length).toBeGreaterThan(0));

  it.each(built)('%s', (name, entry) => {
    const { run, parameters } = buildModule(entry);
    expect(parameters).toBe(entry.params);
    const { compared, worst } = compare(entry, run, tensorsOf(entry));
    count(name, compared, worst);
  });
});

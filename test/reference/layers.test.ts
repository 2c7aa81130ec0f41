/**
 * Every layer of the folder named by FOVEA_REFERENCE (default: the copy beside the tests), built from the entry's own options:
 * outputs, maps, all gradients and the buffers after a training call.
 */
import { describe, expect, it } from 'vitest';
import { type Entry, entriesOf, reference, tally, tensorsOf } from './fixture';
import { argumentsOf, type Builders, className, type Run } from './layers/builder';
import { pointwise } from './layers/pointwise';
import { spatial } from './layers/spatial';
import { compare } from './parity';

const entries = entriesOf('layers');
const builders: Builders = { ...pointwise, ...spatial };

function build(entry: Entry): Run {
  const builder = builders[className(entry.cls)];
  if (!builder) throw new Error(`${entry.name}: expected a class among ${Object.keys(builders).sort().join(', ')}, got ${entry.cls}`);
  const args = argumentsOf(entry);
  const run = builder(args, entry);
  if (args.left().length > 0)
    throw new Error(`${entry.name}: ${entry.cls} with arguments that are not known here: ${args.left().join(', ')}`);
  return run;
}

const count = tally('layers');

describe(`the layers of ${reference} agree with PyTorch and timm, value and gradient`, () => {
  it('there are some', () => expect(entries.length).toBeGreaterThan(0));

  it.each(entries)('$name', (entry) => {
    const { compared, worst } = compare(entry, build(entry), tensorsOf(entry));
    count(entry.name, compared, worst);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { question } from '../../../lib/kernel/editor/pager';
import { type Execution, type Kernel, startKernel } from '../../../lib/kernel/protocol/client';
import { here, ofType } from '../running';

describe('a question', () => {
  it.each([
    ['name?', 'name', 0],
    ['?name', 'name', 0],
    [' net.forward ?? ', 'net.forward', 1],
    ['?? Größe.$x_1;', 'Größe.$x_1', 1],
  ])('is read from %j', (source, name, detail) => expect(question(source)).toEqual({ name, detail }));

  it.each(['', '?', 'name', 'a ? b : c', 'a?.b', '?name?', 'f()?', 'name???', 'a\nname?', '1?'])('is none in %j', (source) =>
    expect(question(source)).toBeUndefined(),
  );
});

describe('a cell that asks what a name is', () => {
  let kernel: Kernel;
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    await kernel.execute(`import { input } from 'fovea';
/**
 * How far the eye sees.
 * @param distance in metres
 * @returns the smallest thing seen
 * @example
 * acuity(6)
 */
function acuity(distance: number, lens = 1): number { return distance * lens; }
class Eye {
  open = true;
  /** Shuts it. */
  blink(times: number): void {}
}
interface Lens { power: number }
type Colour = 'red' | 'green';
const eye = new Eye();`);
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });
  const paged = ({ reply }: Execution, type = 'text/plain'): unknown => {
    const [payload, ...others] = reply.payload as { source: string; data: Record<string, string>; start: number }[];
    expect([payload?.source, payload?.start, others]).toEqual(['page', 0, []]);
    return payload?.data[type];
  };
  const show = async (source: string): Promise<unknown> => paged(await kernel.execute(source));

  it('is shown signature, documentation and parameters, by a payload and without output', async () => {
    const execution = await kernel.execute('acuity?');
    expect(execution.reply).toMatchObject({ status: 'ok', user_expressions: {} });
    expect(paged(execution)).toBe(`function acuity(distance: number, lens?: number): number

How far the eye sees.

@param distance in metres
@returns the smallest thing seen`);
    expect(paged(execution, 'text/markdown')).toContain('```typescript\nfunction acuity(');
    expect(ofType(execution.published, 'execute_result')).toEqual([]);
  });

  it('is shown the rest with two marks: examples, and the members of a class or an interface', async () => {
    expect(await show('??acuity')).toContain('@example acuity(6)');
    expect(await show('Eye??')).toMatch(/class Eye\n\nclass Eye \{\s+open: boolean;\s+.*\s+blink\(times: number\): void;/);
    expect(await show('Lens??')).toContain('power: number');
  });

  it('may ask for members, types, imported names and globals', async () => {
    expect(await show('eye.blink?')).toMatch(/^\(method\) Eye\.blink\(times: number\): void/);
    expect(await show('Colour?')).toBe('type Colour = "red" | "green"');
    expect(await show('input?')).toMatch(/^function input\(prompt\?: string, .*\): Promise<string>\n\nWhat is typed below the cell/);
    expect(await show('?Math.max')).toContain('Returns the larger of a set of supplied numeric expressions.');
  });

  it.each([
    ['acuty?', 'acuty is not declared; did you mean acuity?'],
    ['eye.blnk?', 'eye has no member blnk; did you mean blink?'],
    ['eyes.blink?', 'eyes is not declared; did you mean eye?'],
    ['nothingOfTheKind?', 'nothingOfTheKind is not declared'],
  ])('is told of %s that there is no such name', async (source, expected) => {
    const { reply, published } = await kernel.execute(source);
    expect([reply.status, reply.ename, reply.evalue]).toEqual(['error', 'ReferenceError', expected]);
    expect(ofType(published, 'error')).toHaveLength(1);
  });
});

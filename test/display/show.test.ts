import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bundleOf } from '../../lib/display/bundle';
import { live } from '../../lib/display/live';
import { progress } from '../../lib/display/progress';
import { show } from '../../lib/display/show';
import { examples } from '../plot/examples';

type Message = { data: Record<string, unknown>; metadata: Record<string, unknown>; transient: { display_id?: string } };
const { cache } = createRequire(__filename);
const place = '/somewhere/node_modules/tslab/dist/jupyter.js';

/** Stands where the kernel's module stands among the loaded ones. */
function kernel(): [Message, boolean][] {
  const sent: [Message, boolean][] = [];
  const exports = { lastWriteDisplayData: (message: Message, update: boolean) => sent.push([message, update]) };
  cache[place] = { exports } as unknown as NodeJS.Module;
  return sent;
}
afterEach(() => {
  delete cache[place];
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('show', () => {
  it('sends one bundle: specification, PNG with its size, and words; no html', async () => {
    const sent = kernel();
    const figure = examples.attentionMap!;
    await show(figure);
    expect(sent).toHaveLength(1);
    const [{ data, metadata, transient }, update] = sent[0]!;
    expect(Object.keys(data).sort()).toEqual(['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']);
    expect(data['application/vnd.vegalite.v5+json']).toEqual(figure.spec);
    expect(data['text/plain']).toBe(figure.description);
    const png = Buffer.from(data['image/png'] as string, 'base64');
    const { width, height } = metadata['image/png'] as { width: number; height: number };
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * width, 2 * height]);
    expect([transient, update]).toEqual([{}, false]);
  });

  it('sends the same bundle each time, so that a rerun leaves the notebook as it was', async () => {
    const [first, second] = [await bundleOf(examples.pixelExplorer!), await bundleOf(examples.pixelExplorer!)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('sends a plotly figure without a picture where there is no Chromium', async () => {
    vi.stubEnv('FOVEA_CHROMIUM', '/nowhere/chromium');
    const { data, metadata } = await bundleOf(examples.embedding3d!);
    expect(Object.keys(data)).toEqual(['application/vnd.plotly.v1+json', 'text/plain']);
    expect(metadata).toEqual({});
  });

  it('prints the words outside of a notebook', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await show(examples.attentionMap!);
    expect(write).toHaveBeenCalledWith(`${examples.attentionMap!.description}\n`);
  });
});

describe('live', () => {
  it('redraws one output, holds back what comes too fast, and draws the last of it when done', async () => {
    const sent = kernel();
    const [a, b] = [examples.attentionMap!, examples.pairMatrix!];
    const figure = await live(a, 60_000);
    await figure.update(b);
    expect(sent.map(([, update]) => update)).toEqual([false]);
    await figure.done();
    await figure.done();
    expect(sent.map(([{ data }, update]) => [data['text/plain'], update])).toEqual([
      [a.description, false],
      [b.description, true],
    ]);
    expect(new Set(sent.map(([{ transient }]) => transient.display_id)).size).toBe(1);
  });
});

describe('progress in a notebook', () => {
  it('rewrites one output and ends in a line without times', () => {
    const sent = kernel();
    const bar = progress({ total: 2, label: 'training', unit: 'epochs' });
    bar.tick(1, 'loss 1.2');
    bar.tick(2);
    bar.done('accuracy 80 %');
    const texts = sent.map(([{ data }]) => data['text/plain'] as string);
    expect(texts[0]).toContain('0/2 epochs');
    expect(texts.at(-1)).toBe('training: 2 of 2 epochs, accuracy 80 %');
    expect(sent.map(([, update]) => update)).toEqual([false, ...sent.slice(1).map(() => true)]);
    expect(new Set(sent.map(([{ transient }]) => transient.display_id)).size).toBe(1);
  });
});

import { createHash } from 'node:crypto';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { render } from '../../lib/display/render';
import type { Figure } from '../../lib/plot/figure';
import { examples } from '../plot/examples';

const sum = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const drawn = Object.entries(examples).filter(([, figure]) => figure.renderer === 'vega-lite');

describe('render', () => {
  it.each(drawn)('draws %s to the same bytes each time, also beside others', async (_, figure) => {
    const [first, , second] = await Promise.all([render(figure), render(examples.attentionMap!), render(figure)]);
    expect(sum(second!.svg)).toBe(sum(first!.svg));
    expect(sum(second!.png)).toBe(sum(first!.png));
  });

  it.each(drawn)('leaves the specification of %s as it was', async (_, figure) => {
    const before = JSON.stringify(figure.spec);
    await render(figure);
    expect(JSON.stringify(figure.spec)).toBe(before);
    expect((figure.data as object[]).flatMap((row) => Object.getOwnPropertySymbols(row))).toEqual([]);
  });

  it('gives the PNG two pixels for each of the figure', async () => {
    const { png, svg, width, height } = await render(examples.attentionMap!);
    const image = decode(png);
    expect([image.width, image.height]).toEqual([2 * width, 2 * height]);
    expect(svg).toContain(`width="${width}" height="${height}"`);
  });

  it('draws attention maps as crisp cells: no colours but those of the cells inside a map', async () => {
    const { png } = await render(examples.attentionMapOver!);
    const { data, width, channels } = decode(png);
    const at = (x: number, y: number) => Array.from(data.slice((y * width + x) * channels, (y * width + x) * channels + 3));
    // the four cells of the map meet in the middle of the drawing, 225 x 150 from (8, top) with two pixels each
    const top = Number(/translate\(8,(\d+)\)/.exec((await render(examples.attentionMapOver!)).svg)![1]);
    const [x, y] = [2 * (8 + 112), 2 * (top + 75)];
    for (const away of [4, 20, 40]) expect(at(x - away, y - 4)).toEqual(at(x - 4, y - 4));
  });

  it('refuses what it cannot draw', async () => {
    await expect(render(examples.embedding3d!)).rejects.toThrow('render: expected a vega-lite figure, got one for plotly');
    const broken: Figure = { ...examples.attentionMap!, spec: { width: 10, height: 10, mark: 'nothing' } };
    await expect(render(broken)).rejects.toThrow('render: vega-lite cannot draw the specification of "Where the weights are"');
    await expect(render(examples.attentionMap!)).resolves.toBeDefined(); // a failure does not block what comes next
  });
});

import { describe, expect, it } from 'vitest';
import { vegaModules } from '../../lib/display/render';
import { examples } from './examples';

type Spec = { description: string; title: { text: string }; datasets: { data: object[] }; config: { background: string; font: string } };

describe.each(Object.entries(examples).filter(([, figure]) => figure.renderer === 'vega-lite'))('the figure %s', (_, figure) => {
  const spec = figure.spec as Spec;

  it('compiles and draws without a warning', async () => {
    const [vega, vegaLite] = await vegaModules();
    const said: unknown[] = [];
    const logger = vega.logger(vega.Warn);
    logger.warn = (...words: unknown[]) => {
      said.push(words);
      return logger;
    };
    logger.error = logger.warn;
    const compiled = vegaLite.compile(structuredClone(figure.spec) as Parameters<typeof vegaLite.compile>[0], { logger }).spec;
    const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
    await view.runAsync();
    view.finalize();
    expect(said).toEqual([]);
  });

  it('carries its title, its description and its numbers, so that a notebook holds the whole figure', () => {
    expect(spec.title.text).toBe(figure.title);
    expect(spec.description).toBe(figure.description);
    expect(spec.datasets.data).toEqual(figure.data);
    expect(figure.data.length).toBeGreaterThan(0);
  });

  it('brings the theme, on white', () => {
    expect(spec.config).toMatchObject({ background: 'white', font: 'Inter, system-ui, sans-serif' });
  });

  it('states the size of each of its panels, because the default differs between versions of vega-lite', () => {
    const panels = (figure.spec as { hconcat?: object[] }).hconcat ?? [figure.spec];
    for (const panel of panels) expect(panel).toEqual(expect.objectContaining({ width: expect.any(Number), height: expect.any(Number) }));
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(figure.spec))).toEqual(figure.spec);
  });
});
